"""`jointwatch centre`: what a person sees who makes centres, lets them meet, and asks how they stand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre import cards
from jointwatch.centre.service import Service
from jointwatch.cli import main as command


@pytest.fixture
def centre(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["jointwatch", "centre", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            command.main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int | None)
        return ended.value.code or 0, printed.out + printed.err

    return run


def test_two_commands_make_two_centres_that_know_each_other_at_different_doors(centre: Any) -> None:
    assert centre("init", "moscow")[0] == 0
    code, said = centre("init", "brussels", "--partner", "moscow")
    identity = cards.keys(cards.read(Path("moscow"))).identity
    assert code == 0
    assert f"Partner: moscow {identity} at " in said
    assert cards.read(Path("moscow")).address != cards.read(Path("brussels")).address


def test_a_card_is_not_pinned_before_its_fingerprint_was_compared(centre: Any) -> None:
    centre("init", "moscow")
    centre("init", "brussels")
    identity = cards.keys(cards.read(Path("moscow"))).identity
    code, said = centre("meet", "brussels", "moscow/card.toml")
    assert (code, identity in said, "--fingerprint" in said) == (2, True, True)
    assert centre("meet", "brussels", "moscow/card.toml", "--fingerprint", "SHA256:" + "A" * 43)[0] == 2
    assert centre("meet", "brussels", "moscow/card.toml", "--fingerprint", identity)[0] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("init", "Moscow"), "centre: "),
        (("init", "moscow", "--client", "king:x"), "ROLE:NAME"),
        (("init", "moscow", "--listen", "8701"), 'wanted "host:port"'),
        (("init", "moscow", "--partner", "nowhere"), "nowhere"),
        (("serve", "nowhere"), "jointwatch centre init"),
        (("keys", "sign", "nowhere", "--key", "nowhere"), "nowhere"),
        (("keys", "draft", "nowhere", "--out", "draft", "--since", "x"), "LOG=POSITION"),
        (("certify", "nowhere", "auditor:ngo"), "jointwatch centre init"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(centre: Any, words: tuple[str, ...], sentence: str) -> None:
    code, said = centre(*words)
    assert code == 2
    assert sentence in said
    assert "Traceback" not in said


def test_a_status_is_tables_for_people_and_json_for_programs(centre: Any) -> None:
    centre("init", "moscow")
    assert centre("status", "moscow")[0] == 1
    service = Service(Path("moscow"), lambda told: None)
    try:
        code, said = centre("status", "moscow")
        assert (code, "moscow, run watch, mode exercise" in said, "moscow/common/roster" in said) == (0, True, True)
        code, said = centre("status", "moscow", "--json")
        assert json.loads(said)["logs"]["moscow/common/roster"] == {"size": 2, "cosigned": 0}
    finally:
        service.close()
