"""Two centres in service and a study: one states its figures, the other computes them again and signs what agrees."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from jointwatch.centre.accord.papers import Standing
from jointwatch.centre.client import CentreLine
from jointwatch.studies.joint.file import load
from jointwatch.studies.joint.work import plan_of
from tests.centre import serving
from tests.studies.joint.small import small

SECTIONS = """
[parties.russia]
title = "Russia"
radars = ["gabala"]
[parties.united-states]
title = "United States"
radars = ["fylingdales"]
[architectures.none]
on = "2009-06"
[architectures.gabala-shared]
on = "2009-06"
radars = ["gabala"]
shared = true
[assumptions.neutral]
title = "defaults"
[assumptions.russia]
title = "defaults"
[assumptions.united-states]
title = "smaller objects"
rcs = "lower"
[package]
on = "2009-06"
shared = "element"
measures = ["detected"]
[package.elements]
gabala = ["gabala"]
[reach]
sites = ["poland-gbi-2007"]
"""
SMALL = small(SECTIONS, title="One region, one class", summary="What two radars would have seen.", count=20, seed=3)


def standing(centre: Path) -> Standing:
    with CentreLine(centre / "clients" / "desk") as line:
        return line.accord().standing


def tampered(out: Path, study: Path) -> None:
    """Moscow makes what the United States sees with a shared Gabala look worse, in a chunk that it has kept."""
    views = plan_of(load(str(study))[1]).deployment.views
    at = [(one.architecture, one.party, one.assumptions) for one in views].index(
        ("gabala-shared", "united-states", "neutral")
    )
    (chunk,) = (out / "chunks").iterdir()
    with np.load(chunk) as file:
        held = dict(file)
    held["detected_by"][at] -= 0.25
    np.savez(chunk, **held)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def test_a_partner_signs_what_agrees_and_names_the_cell_that_was_tampered_with(
    centre, study: Path, tmp_path: Path
) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")

    def propose() -> tuple[str, ...]:
        code, printed = centre("study", "propose", moscow, study, "--out", tmp_path / "m", "--workers", 1)
        assert code == 0, printed
        return tuple(re.findall(r"^(moscow=\d+): proposes Study small", printed, flags=re.MULTILINE))

    def check(*papers: str) -> tuple[int, str]:
        serving.wait_for(lambda: len(standing(brussels).papers) == len(standing(moscow).papers))
        return centre("study", "check", brussels, study, *papers, "--out", tmp_path / "b", "--workers", 1, "--sign")

    with serving.serving(moscow), serving.serving(brussels):
        serving.opened(moscow, brussels)
        assert "propose the first ones" in centre("study", "propose", moscow, study, "--out", tmp_path / "m")[1]
        assert centre("propose", moscow, "--with", "brussels", "--reason", "A pair")[0] == 0
        serving.wait_for(lambda: bool(standing(brussels).open))
        assert centre("agree", brussels, "moscow=0")[0] == 0
        serving.wait_for(lambda: bool(standing(moscow).rules))

        honest = propose()
        code, printed = check(*honest)
        assert code == 0, printed
        assert "5 of 5 points agree" in printed
        stated = " ".join(standing(moscow).papers[-1].proposal.statement.points)
        assert "package_share_detected gabala " in stated
        assert re.search(r"site_within poland-gbi-2007\+[a-z-]+\+[0-9.]+ 0\.", stated)
        serving.wait_for(lambda: not standing(moscow).open)
        assert [paper.signatures[0].dissents for paper in standing(moscow).papers[1:]] == [()]

        tampered(tmp_path / "m", study)
        code, printed = check(*propose())
        cell = "iran to turkey, mrbm-solid-2stage, gabala-shared, seen by united-states, neutral: detected: "
        assert code == 1, printed
        assert "4 of 5 points agree" in printed
        assert printed.count("  point ") == 1
        assert cell in printed
        serving.wait_for(lambda: not standing(moscow).open)
        (dissent,) = standing(moscow).papers[-1].signatures[0].dissents
        assert dissent.text.startswith(cell)

        other = tmp_path / "other.toml"
        other.write_text(SMALL.replace("count = 20", "count = 21"))
        code, printed = centre("study", "check", brussels, other, honest[0], "--out", tmp_path / "o", "--workers", 1)
        assert (code, "give the file that was stated" in printed) == (2, True)
        assert not (tmp_path / "o").exists(), "it was computed before it was refused"
