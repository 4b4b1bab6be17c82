"""The partners: the door they come to, the lines to their doors, the replicas of their logs, and who is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jointwatch.centre.credentials import Credentials
from jointwatch.centre.orders import Partner
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.equivocation import Equivocation
from jointwatch.exchange.follow import follow
from jointwatch.exchange.https.server import Client, Server
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.mirror import Accepted, Mirror
from jointwatch.exchange.refused import Refused
from jointwatch.messages.reference import LogHead

ROUNDS_AT_MOST = 64  # of one exchange: a backlog comes in several
PAUSE_S = 30.0
"""How long a partner's process may pause on a busy machine: the exercise's clock waits, and a lost one hangs up."""


@dataclass(frozen=True)
class Outcome:
    """What one exchange with a partner brought, and what there is to tell."""

    accepted: tuple[Accepted, ...]
    news: tuple[str, ...]


class Partners:
    """Everything between this centre and the others: pinned identities, served door, lines, replicas."""

    def __init__(self, store: Store, keys: Credentials, partners: Sequence[Partner], *, mode: str) -> None:
        self.names = tuple(sorted(partner.id for partner in partners))
        self.cut: dict[str, str] = dict.fromkeys(self.names, "the line is not open yet")
        self._store, self._keys = store, keys
        self._authorities = {partner.id: partner.certificate_authority.decode() for partner in partners}
        self._mirror = Mirror(
            store,
            mode=mode,
            identities={partner.id: PublicKey(partner.identity) for partner in partners},
            cosign_key=keys.held["cosign"],
            evidence_folder=store.path.with_suffix(".evidence"),
        )
        self._server = Server(StoreDesk(store, self._mirror.keys), keys.line, self._authorities)
        self.port = self._server.start()
        self._lines: dict[str, Client] = {}

    def link(self, partner: str, port: int) -> None:
        """Open the line to a partner's door."""
        pem = self._authorities[partner]
        self._lines[partner] = Client(self._keys.line, partner, pem, host="127.0.0.1", port=port, timeout_s=PAUSE_S)

    def follow(self, partner: str) -> Outcome:
        """Pull what is new, verify, keep and cosign it; a cut line is told once, and so is its return."""
        accepted: list[Accepted] = []
        news: list[str] = []
        was_cut = self.cut.get(partner)
        for _ in range(ROUNDS_AT_MOST):
            found = follow(self._lines[partner], self._mirror)
            accepted += found.accepted
            news += [_told(partner, refusal) for refusal in found.refusals]
            if found.cut or not found.more:
                break
        if found.cut:
            self.cut[partner] = f"cut off from {partner}: {found.cut}"
            news += [] if was_cut else [f"the line to {partner} is cut; own radars and record go on"]
        elif self.cut.pop(partner, None):
            news.append(f"linked with {partner} over mutual TLS")
        return Outcome(tuple(accepted), tuple(news))

    def heads(self, partner: str) -> tuple[LogHead, ...]:
        """Return how far each of a partner's logs is verified and kept here."""
        held = self._mirror.positions(partner)
        return tuple(LogHead(log=name, size=at.size, root=at.root) for name, at in sorted(held.items()))

    def cosigned_entries(self) -> int:
        """Return how many own entries some partner's cosignature covers."""
        own = [log for log in self._store.logs() if log.owner == self._store.owner and not log.internal]
        notes = [self._store.cosigned(log) for log in own]
        return sum(checkpoints.unverified(note).size for note in notes if note is not None)

    def close(self) -> None:
        """Hang up, and close the door."""
        for line in self._lines.values():
            line.close()
        self._server.stop()


def _told(partner: str, refusal: Refused) -> str:
    kind = "EQUIVOCATION" if isinstance(refusal, Equivocation) else "refused"
    return f"{kind}, from {partner}: {refusal}"
