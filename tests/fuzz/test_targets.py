"""Every target's law holds for what it calls good, for what was found before, and for what stands near both."""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.corpus import kept
from tests.fuzz.damage import damaged
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
RUNS = 200
NEAR = 60  # damaged copies of each seed


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="atheris has no wheel for this machine"
)
@pytest.mark.timeout(1_800)  # two seconds each, and as long as a busy machine takes to begin
def test_atheris_finds_nothing_in_a_moment(tmp_path: Path) -> None:
    """Every target in its turn, a few hundred inputs each; `make fuzz` gives each some minutes."""
    limits = [f"-runs={RUNS}", "-max_total_time=2", "-max_len=5000", f"-artifact_prefix={tmp_path}/"]
    same = ["-seed=1"] if os.environ.get("JOINTWATCH_SAME_EXAMPLES") == "1" else []  # see tests/conftest.py
    command = [sys.executable, "-m", "tests.fuzz", ",".join(TARGETS), *limits, *same]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, capture_output=True, text=True, errors="replace"
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2_000:]
    assert done.stdout.splitlines() == [f"{name}: held" for name in TARGETS]


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
