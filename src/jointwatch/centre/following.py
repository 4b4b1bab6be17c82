"""The partners, followed: each asked first what it holds of our logs, and then for what is new of its own, for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import apsw

from jointwatch.centre.addresses import split
from jointwatch.centre.clocks import Clocks
from jointwatch.centre.configuration import Configuration
from jointwatch.centre.incidents import Incidents
from jointwatch.exchange.follow import RETRY_S, Round, keep_following
from jointwatch.exchange.guard import Guard
from jointwatch.exchange.https.server import Client
from jointwatch.exchange.keyrings import ROSTER
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.tls import Identity

ASK_AGAIN_S = 5.0  # a partner that gave back what did not verify, or sent what we fail at
NOT_YET = "no attempt was made yet"


@dataclass
class Standing:
    """How it stands with one partner. cut: why there is no line, empty where there is one."""

    cut: str = NOT_YET
    refused: int = 0
    last_refusal: str = ""
    last_verified_posix_s: float = 0.0


class Following:
    """A line and a thread for each partner. damaged: told where the record cannot be read or written any more."""

    def __init__(
        self,
        known: Configuration,
        mirror: Mirror,
        guard: Guard,
        incidents: Incidents,
        clocks: Clocks,
        *,
        tell: Callable[[str], None],
        damaged: Callable[[Damaged], None],
    ) -> None:
        self._known, self._mirror, self._guard = known, mirror, guard
        self._incidents, self._clocks, self._tell, self._damaged = incidents, clocks, tell, damaged
        self.standing = {name: Standing() for name in known.partners}
        self.lines: list[Client] = []
        self._asked_posix_s = 0.0
        self._stop = threading.Event()

    def begin(self, own: Identity, stop: threading.Event, opening: ExitStack) -> None:
        """Follow every partner until `stop` is set, which the end of `opening` sees to."""
        self._stop = stop
        for name, partner in self._known.partners.items():
            host, port = split(partner.address)
            line = Client(own, name, partner.certificate, host=host, port=port)
            opening.callback(line.close)
            self.lines.append(line)
            thread = threading.Thread(target=self._follow, args=(name, line), name=f"follow {name}", daemon=True)
            thread.start()
            opening.callback(thread.join, 15)
        opening.callback(self._stop.set)

    def _follow(self, name: str, line: Client) -> None:
        """Ask the partner what it holds of our logs before anything else, and then follow it."""
        while not self._stop.is_set():
            try:
                self._ask(name, line)
                keep_following(line, self._mirror, lambda found: self._heard(name, line, found), stop=self._stop)
            except (Damaged, apsw.Error) as error:  # nobody must think that all is well
                self._damaged(Damaged("following", f"following {name} ended: {type(error).__name__}: {error}"))
                return
            except Exception as error:  # of what a partner sent, so that it cannot have us begin again and again
                failed = Refused("following", f"following {name} failed: {type(error).__name__}: {error}")
                self.standing[name].refused += 1
                self.standing[name].last_refusal = str(failed)
                self._incidents.refused(name, failed)
                self._stop.wait(ASK_AGAIN_S)

    def _ask(self, name: str, line: Client) -> None:
        while self._guard.waits_for(name) and not self._stop.is_set():
            found = self._guard.ask(line)
            self._asked_posix_s = time.time()
            self._note(name, found)
            self._note_given_back(name, found)
            if not found.cut:
                return  # answered, or what it gave back was refused: then it is asked again later
            self._stop.wait(RETRY_S)

    def _heard(self, name: str, line: Client, found: Round) -> None:
        self._note(name, found)
        if self._guard.waits_for(name) and not found.cut and time.time() - self._asked_posix_s > ASK_AGAIN_S:
            self._ask(name, line)

    def _note_given_back(self, name: str, found: Round) -> None:
        if found.accepted:
            logs = sorted({str(came.log) for came in found.accepted})
            count = sum(len(came.positions) for came in found.accepted)
            text = f"{count} entries of {', '.join(logs)} were missing in our record and came back from {name}"
            if any(came.log.klass == ROSTER and not came.positions.start for came in found.accepted):
                text += "; our record was lost: internal logs, which nobody else holds, begin again"
            self._incidents.happened("refill", name, text)
        if self._guard.lost and not any(map(self._guard.waits_for, self._known.partners)):
            text = "; ".join(f"{log}: {why}" for log, why in sorted(self._guard.lost.items()))
            self._incidents.happened("loss", self._known.centre, f"what the damaged record had beyond is lost: {text}")

    def _note(self, name: str, found: Round) -> None:
        """Keep in mind what a round with a partner brought; a cut line is told once, and so is its return."""
        for came in found.accepted:
            self._clocks.heard(name, came)
        at = self.standing[name]
        if bool(found.cut) != bool(at.cut) or at.cut == NOT_YET:
            self._tell(f"cut off from {name}: {found.cut}" if found.cut else f"linked with {name}")
        at.cut = found.cut
        if not found.cut:
            at.last_verified_posix_s = time.time()
        for refusal in found.refusals:
            if isinstance(refusal, Damaged):  # it says nothing of the partner
                self._damaged(refusal)
                continue
            at.refused += 1
            self._incidents.refused(name, refusal)
            at.last_refusal = str(refusal)
