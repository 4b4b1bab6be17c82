"""A centre's keys: made in its own process, kept in its own folder with mode 0600, never handed out."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.centre.orders import ReleaserKey, SensorKey
from jointwatch.exchange import dsse, tls
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import SigningKey, read_or_create_key
from jointwatch.exchange.roster import KeyRing, open_roster, signed_roster
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.quantities import Mode
from jointwatch.messages.roster import Roster, RosterKey

HELD = ("log", "cosign", "desk")


@dataclass(frozen=True)
class Credentials:
    """The identity key, which signs the roster and nothing else, the keys in daily use, and the line's identity."""

    centre: str
    identity: SigningKey
    held: dict[str, SigningKey]
    line: tls.Identity

    def said_by_desk(self, message: Message) -> bytes:
        """Return a message as an entry under the desk key."""
        return dsse.sign(PAYLOAD_TYPE, encode(message), [self.held["desk"]]).encode()

    def roster(
        self,
        *,
        run: str,
        mode: Mode,
        now_tai_ns: int,
        sensors: tuple[SensorKey, ...],
        releasers: tuple[ReleaserKey, ...] = (),
        desks: tuple[bytes, ...] = (),
    ) -> Roster:
        """Return the roster that names every key which speaks for this centre in this run.

        desks: keys of operators, who sign at desks of their own.
        """
        own = [(purpose, key.public.data) for purpose, key in self.held.items()]
        fed = [(f"sensor:{sensor.sensor}", sensor.public) for sensor in sensors]
        officers = [(f"releaser:{releaser.officer}", releaser.public) for releaser in releasers]
        others = [("desk", data) for data in desks]
        authority = ssl.PEM_cert_to_DER_cert(self.line.authority_pem())
        keys = tuple(
            RosterKey(name=f"{self.centre} {purpose}", purpose=purpose, public_key=data, valid_from_tai_ns=now_tai_ns)
            for purpose, data in (*others, *own, *fed, *officers, ("tls-ca", authority))
        )
        return Roster(
            mode=mode,
            run=run,
            origin=self.centre,
            log=str(roster_log(self.centre)),
            logged_tai_ns=now_tai_ns,
            id=f"{self.centre}-roster-1",
            number=1,
            identity=self.identity.public.data,
            keys=keys,
        )

    def signed(self, roster: Roster, desks: Sequence[SigningKey] = ()) -> tuple[bytes, KeyRing]:
        """Return the roster as an entry, signed by the identity key and the keys it names, and the keys it gives."""
        entry = signed_roster(roster, self.identity, [*self.held.values(), *desks])
        return entry, open_roster(entry, run=roster.run, mode=roster.mode, log=roster_log(self.centre))


def ensure(folder: Path, centre: str) -> Credentials:
    """Return the credentials kept in a folder, made now where there are none."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Credentials(
        centre,
        read_or_create_key(folder / "identity.pem"),
        {purpose: read_or_create_key(folder / f"{purpose}.pem") for purpose in HELD},
        tls.ensure_identity(folder / "line", centre),
    )
