"""Keys are replaced and revoked while a client goes on handing in, with the line up and while the partner is silent.

Two of three officers sign each change. Nothing may be missing afterwards, nothing may have been refused at the partner,
and what a compromised key signed from its end on is marked there and used by nobody.
"""

from __future__ import annotations

import signal
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre import configuration, drafts, founding, key_changes
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import Place
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse, tls
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.keys import read_key
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.incident import Incident
from tests.faults.harness import Outcome, patience, seconds_until
from tests.faults.stations import Station, Submitter, caught_up_s, pair, settled

TITLE = "key rotation and revocation during traffic and during a cut"
REQUIRED = "no gap, no acceptance after the revocation position"
LOG = "moscow/common/notify"
IN_FORCE_S, LEAST_S = 4.0, 15.0  # from the draft of a roster until it counts: it is signed meanwhile
RECOVERY_S = 30.0


def run(folder: Path, *, full: bool) -> Outcome:
    rounds = 3 if full else 1
    with pair(folder) as (moscow, brussels):
        for station in (moscow, brussels):
            administered(station)
        with Submitter(moscow, LOG, per_second=100) as desk:
            for _ in range(rounds):
                change(moscow, rotate=("log", "cosign", "desk"))
                change(brussels, rotate=("cosign",))
            in_force_s = change(moscow, enrol=("operator:second",))
            time.sleep(max(0.0, in_force_s - time.monotonic()))
            second = hand_in(moscow, range(10))
            silence(brussels)
            change(moscow, rotate=("log", "desk"))
            log, end = second[5]
            change(moscow, compromised="operator:second", since={log: end})
            refused_from_now_on(moscow)
            time.sleep(60.0 if full else in_force_in_s())
            speak(brussels)
            worst = caught_up_s(brussels, moscow, RECOVERY_S)
        assert not desk.errors, desk.errors[0]
        seconds_until(lambda: marked(brussels) == marked(moscow) == {log: 5}, RECOVERY_S, "five entries are marked")
        state = brussels.state()
        assert not state["refused"], f"{state['refused']} refused at the partner: {state['refusals']}"
        taken = desk.acknowledged | {f"second-{number}": at for number, (_, at) in enumerate(second)}
        found = settled(moscow, brussels, taken)
    replaced = 4 * rounds + 2
    return found.outcome(
        worst, f"{replaced} keys replaced, 1 revoked; 5 entries of 10 by it marked, none after it taken"
    )


def administered(station: Station) -> None:
    """Let a centre have an administrator, who hands in what its officers signed."""
    place = Place(station.folder)
    known = configuration.read(place.folder)
    line = tls.Identity(station.name, place.keys / "line")
    founding.certify(place, known, line, founding.Client("admin", "admin"))


@cache
def in_force_in_s() -> float:
    """Return how long after its draft a roster counts; the same for all, so that none overtakes the one before it."""
    return max(IN_FORCE_S * patience(), LEAST_S)


def change(station: Station, **wanted: Any) -> float:
    """Change a centre's keys, signed by two of its officers; return when, by the monotonic clock, that is in force."""
    folder = station.folder
    draft = folder / "change.json"
    key_changes.draft(folder, draft, key_changes.Wanted(in_force_in_s=in_force_in_s(), **wanted))
    in_force_s = time.monotonic() + in_force_in_s()
    for number in (1, 3):
        drafts.sign(draft, read_key(folder / "officers" / f"officer-{number}.pem"))
    key_changes.publish(folder, draft)
    return in_force_s


def hand_in(moscow: Station, numbers: range) -> list[tuple[str, int]]:
    """Return where entries of the second operator stand."""
    with CentreLine(Place(moscow.folder).clients / "second") as line:
        about = {"mode": line.about.mode, "run": line.about.run, "origin": line.about.centre, "log": LOG}
        said = [
            Incident(**about, logged_tai_ns=now_tai_ns(), id=f"second-{number}", about="faults", text="one of ten")
            for number in numbers
        ]
        return line.submit([dsse.sign(PAYLOAD_TYPE, encode(one), [line.signing_key()]).encode() for one in said]).places


def refused_from_now_on(moscow: Station) -> None:
    """Raise AssertionError where the compromised key is still taken."""
    with pytest.raises(TurnedDown, match="was compromised"):
        hand_in(moscow, range(10, 11))


def silence(station: Station) -> None:
    station.freeze()


def speak(station: Station) -> None:
    assert station.process is not None
    station.process.send_signal(signal.SIGCONT)


def marked(station: Station) -> dict[str, int]:
    """Return how many entries of each log are unverified at a centre."""
    found: dict[str, int] = station.ask(state=True)["unverified"]
    return found
