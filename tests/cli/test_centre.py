"""`jointwatch centre`: what a person sees who makes centres, lets them meet, and asks how they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from jointwatch.centre import cards, configuration
from jointwatch.centre.service import Service
from jointwatch.cli import centre as cli_centre


def test_two_commands_make_two_centres_that_know_each_other_at_different_doors(centre: Any) -> None:
    assert centre("init", "moscow")[0] == 0
    code, said = centre("init", "brussels", "--partner", "moscow")
    identity = cards.keys(cards.read(Path("moscow"))).identity
    assert code == 0
    assert f"Partner: moscow {identity} at " in said
    assert cards.read(Path("moscow")).address != cards.read(Path("brussels")).address


def test_centres_side_by_side_get_doors_and_pages_of_their_own_before_any_serves(centre: Any) -> None:
    for name in ("ankara", "brussels", "moscow"):
        assert centre("init", name)[0] == 0
    known = [configuration.read(Path(name)) for name in ("ankara", "brussels", "moscow")]
    assert len({place for one in known if one.page for place in (one.listen, one.page.listen)}) == 6


def test_a_card_is_not_pinned_before_its_fingerprint_was_compared(centre: Any) -> None:
    centre("init", "moscow")
    centre("init", "brussels")
    identity = cards.keys(cards.read(Path("moscow"))).identity
    code, said = centre("meet", "brussels", "moscow/card.toml")
    assert (code, identity in said, "--fingerprint" in said) == (2, True, True)
    assert centre("meet", "brussels", "moscow/card.toml", "--fingerprint", "SHA256:" + "A" * 43)[0] == 2
    assert centre("meet", "brussels", "moscow/card.toml", "--fingerprint", identity)[0] == 0


def test_help_lists_every_command_once_and_in_the_order_of_need() -> None:
    known = typer.main.get_command(cli_centre.app)
    assert sorted(cli_centre.ORDER) == sorted(known.commands)  # type: ignore[attr-defined]
    assert known.list_commands(None)[:3] == ["init", "serve", "status"]  # type: ignore[attr-defined]


def test_a_centre_without_a_desk_names_who_may_speak_for_it(centre: Any) -> None:
    centre("init", "moscow", "--client", "watch-officer:ivanova", "--client", "analyst:petrov")
    code, said = centre("notices", "moscow")
    assert (code, said) == (
        2,
        "jointwatch: moscow/clients/desk is not there; say --by ivanova (watch-officer)\n",
    )
    centre("init", "brussels", "--client", "sensor:gabala")
    assert "`jointwatch centre keys draft --enrol operator:desk` makes one" in centre("accord", "brussels")[1]
    assert "nowhere is the folder of no centre" in centre("consult", "show", "nowhere")[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("init", "Moscow"), "centre: "),
        (("init", "moscow", "--client", "king:x"), "ROLE:NAME"),
        (("init", "moscow", "--client", "sensor:GABALA"), "has lower-case letters, digits and hyphens"),
        (("init", "moscow", "--listen", "8701"), 'wanted "host:port"'),
        (("init", "moscow", "--partner", "nowhere"), "nowhere"),
        (("serve", "nowhere"), "jointwatch centre init"),
        (("keys", "sign", "nowhere", "--key", "nowhere"), "nowhere"),
        (("keys", "draft", "nowhere", "--out", "draft", "--since", "x"), "LOG=POSITION"),
        (("certify", "nowhere", "auditor:ngo"), "jointwatch centre init"),
        (("status", "nowhere"), "jointwatch centre init"),
        (("people", "list", "nowhere"), "jointwatch centre init"),
        (("people", "remove", "nowhere", "x"), "jointwatch centre init"),
        (("people", "add", "nowhere", "auditor:x"), "jointwatch centre init"),
        (("keys", "draft", "nowhere", "--out", "draft"), "jointwatch centre init"),
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
