"""Changes of the keys that speak for a centre: drafted where its keys are, signed by its officers wherever they sit.

A draft is a file of envelopes in JSON. It goes round, on a stick, until enough officers have signed it, and operators
whose own keys it enrols; then the centre takes it up. A roster says from when on it is in force, some time after it was
drafted: that is the time there is for going round.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from jointwatch.centre.configuration import ConfigurationError
from jointwatch.exchange import dsse
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.key_bounds import KeyBounds, LogPlace
from jointwatch.messages.party_root import Officer, PartyRoot
from jointwatch.messages.roster import Roster, RosterKey

MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Enrolled:
    """A key to be named in the next roster, in place of those of the same name."""

    name: str
    purpose: str
    public_key: bytes


@dataclass(frozen=True)
class Author:
    """Who drafts: a centre of this identity, as its roster log has it now."""

    own: Keyrings
    identity: bytes

    def roster(self, enrol: Sequence[Enrolled], drop: Sequence[str], *, in_force_tai_ns: int) -> Roster:
        """Return the next roster: as the last one, with keys enrolled, and without those of these names."""
        old = self._named()
        for name in drop:
            self._key(name)
        gone = {key.name for key in enrol} | set(drop)
        new = tuple(
            RosterKey(name=e.name, purpose=e.purpose, public_key=e.public_key, valid_from_tai_ns=in_force_tai_ns)
            for e in enrol
        )
        keys, number = (*(key for key in old if key.name not in gone), *new), len(self.own.rings) + 1
        header = self._header(f"roster-{number}", in_force_tai_ns)
        return Roster(**header, number=number, identity=self.identity, keys=keys)

    def root(self, officers: Sequence[Officer], *, now_tai_ns: int) -> PartyRoot:
        """Return the next root: these officers in place of those before them, two of whom sign."""
        number = self.own.root.number + 1 if self.own.root else 1
        header = self._header(f"root-{number}", now_tai_ns)
        return PartyRoot(**header, number=number, identity=self.identity, threshold=2, officers=tuple(officers))

    def compromised(self, name: str, until: Mapping[str, int], *, now_tai_ns: int) -> KeyBounds:
        """Return that the key of a name holds before these positions of logs, and nowhere else."""
        return KeyBounds(
            **self._header(f"bounds-{secrets.token_hex(6)}", now_tai_ns),
            public_key=self._key(name).public_key,
            until=tuple(LogPlace(log=log, index=at) for log, at in sorted(until.items())),
            compromised=True,
            reason=f"the key {name} was compromised",
        )

    def _named(self) -> tuple[RosterKey, ...]:
        return self.own.rings[-1].roster.keys if self.own.rings else ()

    def _key(self, name: str) -> RosterKey:
        named = {key.name: key for key in self._named()}
        if name not in named:
            raise ConfigurationError(f"the roster names no key {name!r}; it names {', '.join(sorted(named))}")
        return named[name]

    def _header(self, what: str, tai_ns: int) -> dict[str, Any]:
        own = self.own
        return {
            "mode": own.mode,
            "run": own.run,
            "origin": own.centre,
            "log": str(roster_log(own.centre)),
            "logged_tai_ns": tai_ns,
            "id": f"{own.centre}-{what}",
        }


def write(path: Path, messages: Sequence[Message], by: Sequence[SigningKey]) -> None:
    """Keep a draft in a file, signed by the centre's own keys that it names."""
    envelopes = [dsse.sign(PAYLOAD_TYPE, encode(said), _named(said, by) or by[:1]) for said in messages]
    _keep(path, envelopes)


def read(path: Path) -> list[dsse.Envelope]:
    """Return the envelopes of a draft; nothing of it is verified."""
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise ConfigurationError(f"{path}: has {len(data)} bytes; a draft has at most {MAX_BYTES}")
        parts = msgspec.json.decode(data, type=list[msgspec.Raw])
        return [dsse.parse_json(bytes(part)) for part in parts]
    except (msgspec.MsgspecError, UnicodeError, RecursionError, Refused) as error:
        raise ConfigurationError(f"{path}: is no draft: {error}") from None


def sign(path: Path, key: SigningKey) -> None:
    """Put one more signature under everything in a draft."""
    found = read(path)
    _keep(path, [dsse.joined([one, dsse.sign(one.payload_type, one.payload, [key])]) for one in found])


def wanting(draft: Sequence[dsse.Envelope], own: Keyrings) -> str:
    """Return what a draft still lacks to be taken up, as a sentence; empty where it lacks nothing."""
    try:
        for envelope in draft:
            own = own.learn(envelope.encode())
    except Refused as refusal:
        return refusal.sentence
    return ""


def _named(said: Message, by: Sequence[SigningKey]) -> list[SigningKey]:
    """Return the keys that must sign a message because it enrols them."""
    if not isinstance(said, Roster):
        return []
    held = {key.public.data: key for key in by}
    return [held[key.public_key] for key in said.keys if key.public_key in held]


def _keep(path: Path, envelopes: Sequence[dsse.Envelope]) -> None:
    body = b",\n".join(envelope.to_json().strip() for envelope in envelopes)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(b"[\n" + body + b"\n]\n")
    part.replace(path)
