"""Inputs to begin with: what a target calls good, and what earlier campaigns found worth keeping.

The latter stand in tests/fuzz/corpus/<target>.txt, one input a line in base64, so that a change can be read.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path

from tests.fuzz.targets import TARGETS

FOLDER = Path(__file__).parent / "corpus"
MOST_INPUTS, MOST_BYTES = 40, 32_000  # kept per target; a corpus is read in every run of the tests


def kept(name: str) -> list[bytes]:
    """Return the inputs that stand in the target's file; none where it has none."""
    path = FOLDER / f"{name}.txt"
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    return [base64.b64decode(line, validate=True) for line in lines]


def laid_out(name: str, folder: Path) -> Path:
    """Return the folder in which each input of a target is a file, as libFuzzer reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in (*TARGETS[name].seeds(), *kept(name)):
        (folder / sha256(data).hexdigest()[:16]).write_bytes(data)
    return folder


def keep(name: str, inputs: list[bytes]) -> int:
    """Return how many inputs, short ones first, the target's file now holds besides its seeds."""
    seeds, room, chosen = set(TARGETS[name].seeds()), MOST_BYTES, list[bytes]()
    for data in sorted(set(inputs) - seeds, key=lambda one: (len(one), one)):
        room -= len(data)
        if room < 0 or len(chosen) == MOST_INPUTS:
            break
        chosen.append(data)
    FOLDER.mkdir(exist_ok=True)
    text = "".join(base64.b64encode(data).decode() + "\n" for data in chosen)
    (FOLDER / f"{name}.txt").write_text(text, encoding="ascii")
    return len(chosen)
