"""The chain of a centre's release policies: one left out, put in between or repeated is named, by both verifiers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.verify.run import verify_run
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.release_policy import ReleasePolicy
from tests.exchange import two_centres as world
from tests.exchange.second import directories
from tests.exchange.second.wrong import Wrong

RECORD = LogId("moscow", "moscow", "record")
Entries = Callable[[Any], list[bytes]]


def policy(moscow: Any, number: int, replaces: bytes | None) -> bytes:
    """A policy under which nothing is released, signed by the desk, and by two officers where it is not the first."""
    said = moscow.message(ReleasePolicy, RECORD, number=number, replaces=replaces, rules=(), reason="for this test")
    officers = list(moscow.officers.values()) if number > 1 else []
    return dsse.sign(PAYLOAD_TYPE, encode(said), [moscow.desk_key, *officers]).encode()


def whole(moscow: Any) -> list[bytes]:
    first = policy(moscow, 1, None)
    second = policy(moscow, 2, merkle.leaf_hash(first))
    return [first, second, policy(moscow, 3, merkle.leaf_hash(second))]


def one_left_out(moscow: Any) -> list[bytes]:
    first, _, third = whole(moscow)
    return [first, third]


def two_first(moscow: Any) -> list[bytes]:
    return [policy(moscow, 1, None), policy(moscow, 1, None)]


def none_first(moscow: Any) -> list[bytes]:
    return whole(moscow)[1:]


def another_replaced(moscow: Any) -> list[bytes]:
    return [policy(moscow, 1, None), policy(moscow, 2, bytes(32))]


def branched(moscow: Any) -> list[bytes]:
    first, second, _ = whole(moscow)
    return [first, second, policy(moscow, 3, merkle.leaf_hash(first))]


def judged(folder: Path, entries: Entries) -> tuple[list[str], str]:
    """What both verifiers say of a run in whose record these policies stand: the faults, and the refusal."""
    centres = [world.Centre(folder, name) for name in ("moscow", "brussels")]
    centres[0].officers = {"ann": SigningKey.generate(), "bob": SigningKey.generate()}
    for centre, other in zip(centres, reversed(centres), strict=True):
        centre.meet(other)
        centre.begin()
    world.rehearse(centres)
    centres[0].store.append({RECORD: entries(centres[0])})
    directory = world.write_run(folder / "run", centres)
    for centre in centres:
        centre.close()
    try:
        directories.check_run(directory)
        refusal = ""
    except Wrong as wrong:
        refusal = str(wrong)
    return [fault.why for fault in verify_run(directory).faults], refusal


def test_a_chain_from_the_first_on_holds_for_both(tmp_path: Path) -> None:
    assert judged(tmp_path, whole) == ([], "")


@pytest.mark.parametrize(
    ("entries", "why", "refusal"),
    [
        (one_left_out, "entry 2: release policy 3 stands where number 2 belongs", "are not numbered 1, 2, 3"),
        (two_first, "entry 2: release policy 1 stands where number 2 belongs", "are not numbered 1, 2, 3"),
        (none_first, "entry 1: release policy 2 stands where number 1 belongs", "has no first policy"),
        (another_replaced, "entry 2: release policy 2 replaces another entry than policy 1", "replaces another entry"),
        (branched, "entry 3: release policy 3 replaces another entry than policy 2", "replaces another entry"),
    ],
)
def test_a_broken_chain_is_named_by_both(tmp_path: Path, entries: Entries, why: str, refusal: str) -> None:
    faults, refused = judged(tmp_path, entries)
    assert faults == [why]
    assert refusal in refused
