"""A centre that serves: its record, its door, a follower for each partner, and the queue of what its clients hand in.

All of it lives in one process, which alone holds the private keys and writes the record. It ends in order: the door
closes first, what was taken in is written, the lines hang up, the record closes. Ended at once, it goes on from the
record the next time, as nothing was acknowledged that is not in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jointwatch.centre import configuration, credentials, founding
from jointwatch.centre.configuration import Place
from jointwatch.centre.counter import CounterApp
from jointwatch.centre.submission import Intake
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.door import Guests
from jointwatch.exchange.follow import Round, keep_following
from jointwatch.exchange.https import Client, Server
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Pinned:
    """An identity as centre.toml names it."""

    fingerprint: str


@dataclass
class Standing:
    """How it stands with one partner. cut: why there is no line, empty where there is one."""

    cut: str = "no attempt was made yet"
    refused: int = 0
    last_refusal: str = ""
    last_verified_posix_s: float = 0.0


class Service:
    """A centre in service, from the moment it is made until `close`."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self.place, self.known, self._tell = Place(folder), configuration.read(folder), tell
        self.standing = {name: Standing() for name in self.known.partners}
        self._stop, self._open = threading.Event(), ExitStack()
        with ExitStack() as opening:
            self.keys = credentials.ensure(self.place.keys, self.known.centre)
            self.store = opening.enter_context(founding.opened(self.place, self.known, self.keys))
            self.own_keys = self._learn()
            self.mirror = self._mirror()
            self.intake = Intake(self.store, lambda: self.own_keys, frozenset(self.known.partners))
            opening.callback(self.intake.close)
            self.door = self._door()
            self.port = self.door.start()
            opening.callback(self.door.stop)
            self._follow_partners(opening)
            self._open = opening.pop_all()

    def close(self) -> None:
        """End in order."""
        self._stop.set()
        self._open.close()

    def health(self) -> dict[str, Any]:
        """Return how things stand, for the centre's own people."""
        about = {"centre": self.known.centre, "run": self.known.run, "mode": self.known.mode}
        logs = {str(log): {"size": self.store.size(log), "cosigned": self._cosigned(log)} for log in self.store.logs()}
        partners = {name: asdict(at) | {"linked": not at.cut} for name, at in self.standing.items()}
        own = {"identity": self.own_keys.identity, "waiting": self.intake.waiting}
        return {**about, **own, "logs": logs, "partners": partners}

    def _cosigned(self, log: LogId) -> int:
        kept = self.store.cosigned(log)
        return 0 if kept is None else checkpoints.unverified(kept).size

    def _learn(self) -> Keyrings:
        """Return the centre's own keys as its rosters name them."""
        known = Keyrings(self.known.centre, self.known.run, self.known.mode)
        for entry in self.store.entries(roster_log(self.known.centre)):
            known = known.learn(entry)
        return known

    def _mirror(self) -> Mirror:
        pinned = {name: Pinned(partner.identity) for name, partner in self.known.partners.items()}
        return Mirror(
            self.store,
            mode=self.known.mode,
            identities=pinned,
            cosign_key=self.keys.held["cosign"],
            evidence_folder=self.store.path.with_suffix(".evidence"),
        )

    def _door(self) -> Server:
        partners = self.known.partners
        guests = Guests(
            {name: partner.certificate for name, partner in partners.items()},
            own_authority_pem=self.keys.line.authority_pem(),
            partner_roles={name: frozenset(partner.roles) for name, partner in partners.items()},
            deny_list=self.place.denied,
        )
        host, port = configuration.split(self.known.listen)
        desk = StoreDesk(self.store, self.mirror.keys)
        clients = CounterApp(self.intake, self.health)
        return Server(desk, self.keys.line, {}, host=host, port=port, guests=guests, clients=clients)

    def _follow_partners(self, opening: ExitStack) -> None:
        for name, partner in self.known.partners.items():
            host, port = configuration.split(partner.address)
            line = Client(self.keys.line, name, partner.certificate, host=host, port=port)
            opening.callback(line.close)
            thread = threading.Thread(target=self._follow, args=(name, line), name=f"follow {name}", daemon=True)
            thread.start()
            opening.callback(thread.join, 15)
        opening.callback(self._stop.set)

    def _follow(self, name: str, line: Client) -> None:
        keep_following(line, self.mirror, lambda found: self._note(name, found), stop=self._stop)

    def _note(self, name: str, found: Round) -> None:
        """Keep in mind what a round with a partner brought; a cut line is told once, and so is its return."""
        at = self.standing[name]
        if bool(found.cut) != bool(at.cut) or (found.cut and not at.last_verified_posix_s and not at.refused):
            self._tell(f"cut off from {name}: {found.cut}" if found.cut else f"linked with {name}")
        at.cut = found.cut
        if not found.cut:
            at.last_verified_posix_s = time.time()
        for refusal in found.refusals:
            at.refused += 1
            if str(refusal) != at.last_refusal:
                self._tell(f"refused, from {name}: {refusal}")
            at.last_refusal = str(refusal)
