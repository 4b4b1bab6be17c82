"""A client of a centre, in a process of its own: `python -m tests.faults.clerk FOLDER`, with the client's folder.

Orders come as lines of JSON on standard input, one answer each on standard output:

    {"say": [id, ...], "log": "owner/audience/class"}   -> {"positions": [...]}, once the centre acknowledged them
    {"state": true}                                     -> what the centre says of itself

Where the centre said no: {"error": sentence}; where it was not heard: {"gone": sentence}. An id that is said again
has the same bytes as before.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jointwatch.centre.client import CentreLine
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import LineCut, TurnedDown
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.incident import Incident

PADDING = bytes(600)


class Clerk:
    """The line to the centre, and when each id was said first."""

    def __init__(self, line: CentreLine) -> None:
        self.line, self.key = line, line.signing_key()
        self.said_tai_ns: dict[str, int] = {}

    def entry(self, said: str, log: str) -> bytes:
        message = Incident(
            mode=self.line.about.mode,
            run=self.line.about.run,
            origin=self.line.about.centre,
            log=log,
            logged_tai_ns=self.said_tai_ns.setdefault(said, now_tai_ns()),
            id=said,
            about="faults",
            text="one of many",
            evidence=PADDING,
        )
        return dsse.sign(PAYLOAD_TYPE, encode(message), [self.key]).encode()

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        try:
            if "state" in order:
                return self.line.health()
            receipts = self.line.submit([self.entry(said, order["log"]) for said in order["say"]])
            return {"positions": [index for _, index in receipts.places]}
        except TurnedDown as refusal:
            return {"error": refusal.reason}
        except LineCut as cut:
            return {"gone": cut.reason}


def main() -> None:
    """Answer until the input ends."""
    with CentreLine(Path(sys.argv[1])) as line:
        clerk = Clerk(line)
        for order in sys.stdin:
            print(json.dumps(clerk.answer(json.loads(order))), flush=True)


if __name__ == "__main__":
    main()
