"""Who may say which keys speak for a centre: its identity key, or, once there is a party root, officers together.

As in TUF (The Update Framework, 1.0, "root"): a new root is signed by enough officers of the old one and of its own, so
whoever knows one root follows to the next. The identity key signs the first root and nothing after it, so it need not
be kept; its fingerprint stays the centre's name among its partners.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jointwatch.exchange import dsse
from jointwatch.exchange.keys import PublicKey, fingerprint
from jointwatch.exchange.refused import Refused
from jointwatch.messages.party_root import Officer, PartyRoot

RULE = "jointwatch party root"
IDENTITY_RULE = "jointwatch roster"


@dataclass(frozen=True)
class Party:
    """Who signs a centre's roster log as it stands. identity: named so far; pinned: its fingerprint from elsewhere."""

    identity: bytes | None
    pinned: str | None
    root: PartyRoot | None = None

    def check(self, envelope: dsse.Envelope, identity: bytes | None = None) -> None:
        """Raise Refused unless who may say so signed the envelope. identity: the one that it names, if it names one."""
        known = self.identified(self.identity or b"" if identity is None else identity)
        if self.root is None:
            dsse.verify(envelope, [known])
        else:
            _check_officers(envelope, self.root.officers, self.root.threshold)

    def check_root(self, root: PartyRoot, envelope: dsse.Envelope) -> None:
        """Raise Refused unless a root is the next one, signed by its own officers and by who was to sign before it."""
        number = self.root.number + 1 if self.root else 1
        if root.number != number:
            raise Refused(RULE, f"a root of {root.origin} has the number {root.number}; {number} is next")
        self.check(envelope, root.identity)
        _check_officers(envelope, root.officers, root.threshold)

    def identified(self, identity: bytes) -> PublicKey:
        """Return the identity key that an entry names, once it is the one known so far, and the pinned one."""
        if self.identity is not None and identity != self.identity:
            raise Refused(
                IDENTITY_RULE,
                f"the identity key is {fingerprint(identity)}; so far it was {fingerprint(self.identity)}",
            )
        key = PublicKey(identity)
        if self.pinned is not None and key.fingerprint != self.pinned:
            raise Refused(IDENTITY_RULE, f"the identity key is {key.fingerprint}; {self.pinned} is pinned")
        return key


def _check_officers(envelope: dsse.Envelope, officers: Sequence[Officer], threshold: int) -> None:
    keys = [PublicKey(officer.public_key) for officer in officers]
    signed = len(dsse.verify(envelope, keys))
    if signed < threshold:
        raise Refused(RULE, f"{signed} of {len(keys)} officers signed; {threshold} must")
