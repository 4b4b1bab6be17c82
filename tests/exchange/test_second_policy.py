"""Two readers judge the same release policies: signed by any officers, by one with two keys, and by the desk."""

from __future__ import annotations

from itertools import combinations

import pytest

from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import open_roster, signed_roster
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.roster import Roster, RosterKey
from tests.exchange.second import keys
from tests.exchange.second.wrong import Wrong

NOW = 1_000
LOG, RECORD = LogId("moscow", "common", "roster"), LogId("moscow", "moscow", "record")
IDENTITY = SigningKey(bytes([1]) * 32)
PURPOSES = ("desk", "releaser:ivanova", "releaser:petrov", "releaser:petrov", "releaser:orlov, gone")
SIGNERS = tuple(SigningKey(bytes([number]) * 32) for number in range(2, 7))
HEADER = {"mode": "exercise", "run": "run-1", "origin": "moscow", "logged_tai_ns": NOW}


def roster() -> bytes:
    named = tuple(
        RosterKey(
            name=f"key {number}",
            purpose=purpose.partition(",")[0],
            public_key=signer.public.data,
            valid_from_tai_ns=0,
            valid_until_tai_ns=NOW if "gone" in purpose else None,
        )
        for number, (purpose, signer) in enumerate(zip(PURPOSES, SIGNERS, strict=True))
    )
    content = {"log": str(LOG), "id": "roster-1", "number": 1, "identity": IDENTITY.public.data, "keys": named}
    return signed_roster(Roster(**HEADER, **content), IDENTITY, SIGNERS[:1])


def policy(number: int, signers: tuple[SigningKey, ...]) -> bytes:
    replaces = None if number == 1 else bytes(32)
    content = {"log": str(RECORD), "id": "policy", "number": number, "replaces": replaces, "rules": (), "reason": ""}
    return dsse.sign(PAYLOAD_TYPE, encode(ReleasePolicy(**HEADER, **content)), signers).encode()


def test_every_set_of_signers_is_judged_alike_and_only_two_different_officers_suffice() -> None:
    ours = open_roster(roster(), run="run-1", mode="exercise", log=LOG)
    theirs = keys.Keys("moscow", "run-1", "exercise")
    theirs.learn(roster())
    for count in range(1, len(SIGNERS) + 1):
        for chosen in combinations(range(len(SIGNERS)), count):
            for number in (1, 2):
                officers = {PURPOSES[k] for k in chosen} & {"releaser:ivanova", "releaser:petrov"}
                allowed = 0 in chosen if number == 1 else len(officers) == 2
                entry = policy(number, tuple(SIGNERS[k] for k in chosen))
                if allowed:
                    ours.open_entry(entry, RECORD)
                    theirs.open(entry, str(RECORD))
                else:
                    with pytest.raises(Refused):
                        ours.open_entry(entry, RECORD)
                    with pytest.raises(Wrong):
                        theirs.open(entry, str(RECORD))
