"""`jointwatch claims` as a person starts it: a table of verdicts, the detail of one, JSON, and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
from unittest import mock

import pytest

from jointwatch.studies.claims.claim import load, names
from tests.centre import serving


def claims(*arguments: str, columns: int = 120) -> subprocess.CompletedProcess[str]:
    with mock.patch.dict(os.environ, COLUMNS=str(columns)):
        return serving.command("claims", *arguments)


@pytest.mark.parametrize("columns", [80, 120])
def test_all_verdicts_fit_the_screen(columns: int) -> None:
    done = claims(columns=columns)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in names())
    assert max(map(len, done.stdout.splitlines())) <= columns
    assert "…" not in done.stdout
    assert f"{len(names())} claims: 1 supported, 2 not supported, 12 depends" in done.stdout


def test_one_claim_tells_words_sources_assumptions_and_what_was_computed_before() -> None:
    done = claims("earlier-than-brdy")
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    for part in (
        "“at least three to four minutes earlier”",
        "T. Postol, New York Times, July 2007",
        "https://russianforces.org/blog/2007/07/ted_postol_on_russian_missile.shtml",
        "Read as: First sight over the horizon",
        "depends mostly on burn",
        "It fails only with",
        "burn: solid",
        "ASSUMPTION, recalled",
        "taken alike in all cases",
        "beside former numbers",
        "agrees.",
    ):
        assert part in text, part


def test_json_has_every_claim_with_its_verdict() -> None:
    done = claims("gabala-faces-iran", "kurecik-circle", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["failed"] == {}
    assert [claim["name"] for claim in document["claims"]] == ["gabala-faces-iran", "kurecik-circle"]
    gabala, circle = document["claims"]
    assert (gabala["verdict"], circle["verdict"]) == ("supported", "depends")
    assert circle["said"][0]["words"] == load("kurecik-circle").said[0].words
    recalled = [row for axis in circle["assumptions"] for row in axis["values"] if row["tag"] == "recalled"]
    assert recalled
    assert all(row["assumption"] for row in recalled)


def test_an_unknown_claim_is_wrong_use() -> None:
    done = claims("only-erly")
    assert done.returncode == 2
    assert done.stderr.strip() == "jointwatch: there is no claim 'only-erly'; did you mean 'only-early'?"


def test_what_cannot_be_computed_is_named_and_the_rest_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from jointwatch.cli.claims import app
    from jointwatch.studies.claims import assessed

    def fail(name: str) -> assessed.Assessed:
        if name == "kurecik-circle":
            raise ValueError("no such thing")
        return assess(name)

    assess = assessed.assess
    monkeypatch.setattr(assessed, "assess", fail)
    done = CliRunner().invoke(app, ["gabala-faces-iran", "kurecik-circle"])
    assert done.exit_code == 1
    assert "kurecik-circle could not be computed: no such thing" in done.output
    assert "supported in all 4 cases" in done.output
