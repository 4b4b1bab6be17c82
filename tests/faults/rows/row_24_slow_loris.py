"""A thousand connections that say nothing, or a byte now and then: strangers, and a partner with a good certificate."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

from tests.faults.harness import Outcome, longest_s, patience, seconds_until
from tests.faults.knocking import held_open, pull, tcp, tls
from tests.faults.stations import Station, Submitter, caught_up_s, settled, with_an_abuser

TITLE = "1,000 idle or slow-loris connections"
REQUIRED = "service continues"
STRANGERS, HALF_SHAKEN, NAMED = 600, 200, 200
BACK_S, LOCAL_S = 5.0, 3.0
HELLO = bytes.fromhex("16030102000100")  # a TLS record that announces 512 bytes, and the first two of them
NOTICES = "moscow/common/notify"


def run(folder: Path, *, full: bool) -> Outcome:
    seconds = 120.0 if full else 10.0
    with with_an_abuser(folder) as (moscow, ankara, brussels), held_open() as held:
        stop = threading.Event()
        knock(moscow, brussels, held)
        drip = threading.Thread(target=drip_bytes, args=(held, stop), daemon=True)
        drip.start()
        with Submitter(moscow, NOTICES, per_second=20, batch=1) as desk:
            stop.wait(seconds)
            seconds_until(lambda: len(desk.acknowledged) > 10 * seconds, 2 * BACK_S, "the desk is heard meanwhile")
            worst = caught_up_s(ankara, moscow, BACK_S)
            new = newcomer_s(moscow, brussels)
        stop.set()
        drip.join(10)
        found = settled(moscow, ankara, desk.acknowledged)
    waited = f"the desk waited {max(desk.waited_s):.2f} s at most"
    assert longest_s(desk.waited_s) <= LOCAL_S * patience(), f"{waited}; {LOCAL_S:g} s is the limit"
    return found.outcome(worst, f"{len(held):,} connections held; {waited}; {new}")


def knock(at: Station, by: Station, held: list[socket.socket]) -> None:
    """Open the connections: to say nothing, to begin a handshake, to begin a request."""
    for _ in range(STRANGERS + HALF_SHAKEN):
        with contextlib.suppress(OSError):
            held.append(tcp(at))
    for line in held[STRANGERS:]:
        with contextlib.suppress(OSError):  # the door may have hung up by now
            line.sendall(HELLO)
    for _ in range(NAMED):
        with contextlib.suppress(OSError):
            held.append(tls(by, at))
            held[-1].sendall(pull()[:20])


def drip_bytes(held: list[socket.socket], stop: threading.Event) -> None:
    """Say one more byte on each connection now and then, so that none looks idle."""
    while not stop.wait(2.0):
        for line in held[STRANGERS:]:
            with contextlib.suppress(OSError):
                line.sendall(b"x")


def newcomer_s(at: Station, by: Station) -> str:
    """Return in words that a connection made now is answered."""
    with contextlib.suppress(OSError), tls(by, at) as line:
        line.sendall(pull())
        return f"a new connection is answered {line.recv(12).decode('ascii', 'replace')[-3:]}"
    return "a new connection of the abuser is refused"
