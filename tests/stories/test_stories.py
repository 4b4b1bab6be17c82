"""Whole operations as a person types them: each story is one text file of commands and what they must say.

$ command        run in an empty folder; its exit code must be 0, or the N of a line "exit N" behind it
words            must stand in the output, in this order; "..." skips nothing that matters and is left out
# remark
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


@dataclass
class Step:
    line: int
    command: str
    said: list[str] = field(default_factory=list)
    exit_code: int = 0


def steps(text: str) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ "):
            found.append(Step(number, line[2:]))
        elif line.startswith("exit "):
            found[-1].exit_code = int(line[5:])
        elif line.strip() and not line.startswith("#"):
            found[-1].said.append(line.strip())
    return found


def run(step: Step, folder: Path) -> None:
    words = shlex.split(step.command)
    if words[0] == "jointwatch":
        words = [sys.executable, "-m", "jointwatch", *words[1:]]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=800)
    output = done.stdout + done.stderr
    assert done.returncode == step.exit_code, f"line {step.line}: {step.command}\nexit {done.returncode}\n{output}"
    at = 0
    for words_said in step.said:
        found = output.find(words_said, at)
        assert found >= 0, f"line {step.line}: {step.command}\nwanted: {words_said}\nsaid:\n{output}"
        at = found + len(words_said)


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_as_told(story: Path, tmp_path: Path) -> None:
    for step in steps(story.read_text()):
        run(step, tmp_path)
