"""Party roots and bounds of keys, for tests/oracles/exchange.json: roster logs that hold, and that must not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode, to_json
from jointwatch.messages.key_bounds import KeyBounds, LogPlace
from jointwatch.messages.party_root import Officer, PartyRoot
from jointwatch.messages.roster import Roster, RosterKey

ROSTER, LOG = LogId("moscow", "common", "roster"), LogId("moscow", "common", "notify")
NAMES = ("anna", "boris", "vera", "grigori", "daria")
KEYS = {name: SigningKey(bytes([k]) * 32) for k, name in enumerate(NAMES, 16)}
HELD = ("log", "cosign", "desk")
MAY, JUNE, JULY = (str(LOG.of_month(month)) for month in ("2009-05", "2009-06", "2009-07"))


class Officers:
    """What officers may say of the keys of the vectors' centre. header: of a message, by log and number."""

    def __init__(self, keys: Mapping[str, SigningKey], header: Callable[[LogId, int], dict[str, Any]]) -> None:
        self.keys, self._header = {**keys, **KEYS}, header
        self.first = self.root(1, NAMES[:3])
        self.second = self.root(2, NAMES[1:4], logged=2)
        self.bounds = self.limits(
            since=(LogPlace(log=JUNE, index=1),),
            until=(LogPlace(log=JULY, index=2), LogPlace(log="moscow/brussels/plot", index=3)),
        )

    def signed(self, message: Message, *by: str) -> bytes:
        """Return a message as an entry, signed by these."""
        return dsse.sign(PAYLOAD_TYPE, encode(message), [self.keys[name] for name in by]).encode()

    def root(self, number: int, officers: Sequence[str], *, logged: int = 1, identity: str = "identity") -> PartyRoot:
        """Return a root under which two of these sign."""
        return PartyRoot(
            **self._header(ROSTER, logged),
            number=number,
            identity=self.keys[identity].public.data,
            threshold=2,
            officers=tuple(Officer(name=name, public_key=self.keys[name].public.data) for name in officers),
        )

    def roster(self, number: int) -> Roster:
        """Return a roster with the keys as they were."""
        header = self._header(ROSTER, 10 + number)
        said = [(purpose, self.keys[purpose].public.data) for purpose in HELD]
        since = self._header(ROSTER, 0)["logged_tai_ns"]
        keys = tuple(RosterKey(name=p, purpose=p, public_key=k, valid_from_tai_ns=since) for p, k in said)
        return Roster(**header, number=number, identity=self.keys["identity"].public.data, keys=keys)

    def limits(self, **said: Any) -> KeyBounds:
        """Return bounds of the desk key."""
        key = self.keys["desk"].public.data
        return KeyBounds(**self._header(ROSTER, 30), public_key=key, compromised=True, reason="a lost laptop", **said)

    def shown(self) -> dict[str, Any]:
        """Return one message of each kind, in the forms that an entry has."""
        by = {"party_root": (self.first, ("identity", "anna", "boris")), "key_bounds": (self.bounds, ("anna", "vera"))}
        return {
            kind: {"json": json.loads(to_json(said)), "entry": self.signed(said, *who).hex()}
            for kind, (said, who) in by.items()
        }

    def chains(self) -> list[dict[str, Any]]:
        """Return roster logs, and whether each holds to its last entry; all before that one does."""
        roster = self.signed(self.roster(1), "identity", *HELD)
        root = self.signed(self.first, "identity", "anna", "boris")
        handed = self.signed(self.second, "anna", "boris", "vera")
        limits = self.signed(self.bounds, "anna", "vera")
        strangers = self.root(1, NAMES[:3], identity="partner")
        good = {
            "a roster and a root": [roster, root],
            "a root before the first roster": [root, self.signed(self.roster(1), "anna", "vera", *HELD)],
            "a second roster by two officers": [roster, root, self.signed(self.roster(2), "anna", "vera", *HELD)],
            "a second root, by two of the old and two of the new": [roster, root, handed],
            "a roster by officers of the second root": [
                *(roster, root, handed),
                self.signed(self.roster(2), "vera", "grigori", *HELD),
            ],
            "bounds of a key": [roster, root, limits],
            "bounds by the identity, as there is no root": [roster, self.signed(self.bounds, "identity")],
        }
        wrong = {
            "a root without the identity": [roster, self.signed(self.first, "anna", "boris")],
            "a root by one of its officers": [roster, self.signed(self.first, "identity", "anna")],
            "a root of another identity": [roster, self.signed(strangers, "partner", "anna", "boris")],
            "a second root before the first": [roster, self.signed(self.second, "identity", "boris", "vera")],
            "the first root twice": [roster, root, root],
            "a second root by one of the old": [roster, root, self.signed(self.second, "anna", "grigori", "identity")],
            "a second root by one of the new": [roster, root, self.signed(self.second, "anna", "boris")],
            "a roster by the identity after a root": [roster, root, self.signed(self.roster(2), "identity", *HELD)],
            "a roster by one officer": [roster, root, self.signed(self.roster(2), "anna", *HELD)],
            "a roster by one officer and one who left": [
                *(roster, root, handed),
                self.signed(self.roster(2), "anna", "boris", *HELD),
            ],
            "bounds by one officer": [roster, root, self.signed(self.bounds, "anna", "daria")],
            "bounds by the identity after a root": [roster, root, self.signed(self.bounds, "identity")],
            "bounds by the key itself": [roster, self.signed(self.bounds, "desk")],
        }
        return [
            {"why": why, "valid": which is good, "entries": [one.hex() for one in entries]}
            for which in (good, wrong)
            for why, entries in which.items()
        ]

    def places(self) -> list[dict[str, Any]]:
        """Return where the desk key holds by the bounds that are shown: positions of logs, and the verdict."""
        found = [
            (MAY, 9, False),  # before June, where it begins
            (JUNE, 0, False),
            (JUNE, 1, True),
            (JUNE, 9, True),  # before July, where it ends
            (JULY, 1, True),
            (JULY, 2, False),
            (str(LOG.of_month("2009-08")), 0, False),
            (str(LOG), 5, False),  # the log itself stands before all its shards
            ("moscow/brussels/plot", 0, True),
            ("moscow/brussels/plot", 2, True),
            ("moscow/brussels/plot", 3, False),
            ("moscow/common/assess", 0, False),  # named by no end: nowhere
        ]
        return [{"log": log, "index": index, "holds": holds} for log, index, holds in found]
