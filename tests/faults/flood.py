"""A partner that asks for everything without a pause, over many connections, until its input ends.

    python -m tests.faults.flood NAME FOLDER CA HOST PORT

NAME and FOLDER: whose certificate it shows; CA: the file of the authority of the door at HOST:PORT. It is nice: an
abuser's own machine takes no processor from the one it knocks at. Prints how often each status came back, as JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import sys
import threading
from collections import Counter
from pathlib import Path

from jointwatch.exchange.https.app import MESSAGEPACK
from jointwatch.exchange.tls import Identity, client_context
from tests.faults.knocking import everything

ASKERS, NICE = 24, 10


def ask_again(context: ssl.SSLContext, host: str, port: int, answers: Counter[str], stop: threading.Event) -> None:
    """Ask without a pause, and count what comes back by its status; a closed door is knocked at again."""
    while not stop.is_set():
        door = http.client.HTTPSConnection(host, port, context=context, timeout=30)
        try:
            while not stop.is_set():
                door.request("POST", "/exchange/v1/pull", everything(), MESSAGEPACK)
                answer = door.getresponse()
                answer.read()
                answers[str(answer.status)] += 1
        except (OSError, http.client.HTTPException):
            answers["closed"] += 1
            stop.wait(0.05)
        finally:
            door.close()


def main() -> None:
    """Flood until the input ends."""
    os.nice(NICE)
    name, folder, authority, host, port = sys.argv[1:]
    context = client_context(Identity(name, Path(folder)), Path(authority).read_text())
    answers, stop = Counter[str](), threading.Event()
    for _ in range(ASKERS):
        threading.Thread(target=ask_again, args=(context, host, int(port), answers, stop), daemon=True).start()
    sys.stdin.read()
    stop.set()
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
