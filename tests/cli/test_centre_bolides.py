"""`jointwatch centre bolides`: taken in once by a centre in service, which judges each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec
import pytest

from jointwatch.centre.client import CentreLine
from jointwatch.centre.saying import Saying
from jointwatch.cli import telling
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.messages.encoding import Message
from jointwatch.messages.examples import EXAMPLES
from tests.centre.serving import command, found, opened, serving, wait_for
from tests.formats.test_fireballs import HEAD, ROW

FLASH = '"2010-01-02 03:04:05","10.0N","20.0E","","","","","","1.0e10","0.1"'


def judged(centre: Path) -> list[str]:
    shown = command("log", "show", centre, "--log", "moscow/moscow/record")
    return [line for line in shown.stdout.splitlines() if " correlation " in line]


def test_bolides_are_taken_in_once_and_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    moscow, brussels = found(tmp_path, "moscow", "brussels")
    file = tmp_path / "fireballs.csv"
    file.write_text(f"{HEAD}\n{ROW}\n{FLASH}\n")
    with serving(moscow), serving(brussels):
        opened(moscow, brussels)
        taken = command("centre", "bolides", moscow, file)
        assert taken.stdout == "2 bolides, 2 of them new to the centre.\n", taken.stderr
        again = command("centre", "bolides", moscow, file)
        assert again.stdout == "2 bolides, 0 of them new to the centre.\n", again.stderr
        wait_for(lambda: len(judged(moscow)) == 2)
        natural, open_ = sorted(judged(moscow), key=lambda line: "natural" not in line)
    assert "moscow-bolide-20141213T025352: natural" in natural
    assert "moscow-bolide-20100102T030405: undecided" in open_


class Door:
    """Takes a lot in whole, or not at all where one of it is known already; counts how often it was asked."""

    def __init__(self) -> None:
        self.kept, self.acts, self.asked = set[str](), list[int](), 0

    def hand_in(self, _line: object, said: Sequence[Message], *, act: str, saying: Saying, text: str) -> None:
        self.asked += 1
        assert saying.act("ivanova", "watch-officer", act, said, text=text).said, "it must be an act that can be"
        if self.kept & {one.id for one in said}:
            raise TurnedDown("known", telling.CONFLICT)
        self.kept |= {one.id for one in said}
        self.acts.append(len(said))


def test_an_act_is_for_as_many_bolides_as_it_can_name(monkeypatch: pytest.MonkeyPatch) -> None:
    door, words = Door(), Saying("moscow", "r", "exercise", 0, "t")
    monkeypatch.setattr(telling.saying, "hand_in", door.hand_in)
    lot = [msgspec.structs.replace(EXAMPLES["outside_report"], id=f"bolide-{k}") for k in range(200)]

    def taken(some: Sequence[Message]) -> int:
        return telling.taken_in(cast(CentreLine, None), some, words, act="bolide")

    assert taken(lot[:150]) == 150
    assert door.acts == [64, 64, 22]
    assert taken(lot) == 50, "50 more at the end"
    assert len(door.acts) <= 3 + 8
    door.asked = 0
    assert (taken(lot), taken([*reversed(lot)])) == (0, 0)
    assert door.asked < 2 * 1.2 * len(lot)
    assert len(door.kept) == sum(door.acts) == 200


@pytest.mark.parametrize(("text", "words"), [("no list", "wanted the columns of CNEOS's list"), (None, "No such file")])
def test_a_file_that_is_none_is_a_sentence(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "fireballs.csv"
    if text is not None:
        file.write_text(text)
    done = command("centre", "bolides", tmp_path, file)
    assert (done.returncode, words in done.stderr.replace("\n", " ")) == (2, True)
