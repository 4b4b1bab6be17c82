"""Every target's law holds for what it calls good, for what was found before, and for what stands near both."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.corpus import kept
from tests.fuzz.damage import damaged
from tests.fuzz.targets import TARGETS

NEAR = 150  # damaged copies of each seed


@pytest.mark.parametrize("name", TARGETS)
def test_a_seed_is_accepted(name: str) -> None:
    seeds = TARGETS[name].seeds()
    assert seeds
    for seed in seeds:
        assert TARGETS[name].law(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_the_law_holds_for_the_corpus_and_near_it(name: str) -> None:
    target, chance = TARGETS[name], random.Random(name)
    for data in kept(name):
        target.law(data)
    for seed in target.seeds():
        for number in range(NEAR):
            target.law(near(seed, number, target.packed, chance))


def near(seed: bytes, number: int, packed: int | None, chance: random.Random) -> bytes:
    """Return the seed with a part exchanged where it is MessagePack, or with a bit turned, cut off, or doubled."""
    if packed is not None and number % 2:
        return seed[:packed] + (damaged(seed[packed:], number) or b"")
    at = chance.randrange(len(seed))
    return chance.choice(
        (
            seed[:at] + bytes([seed[at] ^ 1 << chance.randrange(8)]) + seed[at + 1 :],
            seed[:at],
            seed[:at] + seed[at + 1 :],
            seed[:at] + seed[at : at + 9] + seed[at:],
        )
    )
