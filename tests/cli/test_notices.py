"""`jointwatch notices` as a person uses it: the real warnings, their launches, and one sentence where it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"
WARNINGS = DATA / "notices" / "nga_rocket_missile_notices_2010_2018.jsonl.gz"
ORBITAL = DATA / "launches" / "orbital_launches_1990_2018.csv"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")


@needs_data
def test_the_warnings_of_nine_years_are_read_and_matched(jointwatch, tmp_path: Path) -> None:
    out = tmp_path / "read.json"
    code, printed, _ = jointwatch("notices", WARNINGS, "--launches", ORBITAL, "--out", out, "--check")
    assert code == 0
    last = printed.splitlines()[-1]
    assert last.startswith("notices: 1,314 warnings; ")
    assert last.endswith("(goal 95%): met")
    assert "HYDROARC 180/16: EXCLUDING AREA BOUND BY" in printed
    (row,) = [line for line in printed.splitlines() if line.startswith("HYDROLANT 2488/10")]
    assert "2010-12-29 21:27" in row
    rows = {each["id"]: each for each in json.loads(out.read_text())}
    assert len(rows) == 1_314
    ariane = rows["HYDROLANT 2488/10"]
    assert ariane["ended_by"] == "HYDROLANT 2523/10"
    assert ariane["launches"][0]["probability"] > 0.9
    assert len(ariane["operations"]) == 4
    assert ariane["operations"][3]["areas"][0]["polygon_deg"][0] == [0.6166667, -0.6166667]


@needs_data
def test_without_launches_nothing_is_matched_and_a_day_of_gcat_is_enough(jointwatch) -> None:
    code, printed, _ = jointwatch("notices", WARNINGS)
    assert code == 0
    assert "likely launch" not in printed
    gcat = DATA / "launches" / "gcat_launch_excerpt_1994-12-07_1995-04-29.tsv"
    code, printed, _ = jointwatch("notices", WARNINGS, "--launches", gcat)
    assert code == 0
    assert "No warning has a likely launch." in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.json"], "nowhere.json was not read: No such file or directory"),
        (["bad.json"], "bad.json was not read: warning 1: wanted an object with msgYear"),
        (["empty.json"], "empty.json: no warning stands there"),
        (["good.json", "--out", "x.csv"], "--out wants a file that ends in .json"),
        (["good.json", "--launches", "nowhere.csv"], "nowhere.csv was not read: No such file or directory"),
        (
            ["good.json", "--launches", "list.csv"],
            "sites.tsv was not read: No such file or directory; give GCAT's table",
        ),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    jointwatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    good = {"msgYear": "2014", "msgNumber": "46", "navArea": "C", "issueDate": "020620Z MAY 2014", "text": "ROCKETS."}
    Path("good.json").write_text(json.dumps([good]))
    Path("bad.json").write_text("{}")
    Path("empty.json").write_text("[]")
    Path("list.csv").write_text("launch_id,dt_min,site_raw,vehicle\n")
    code, _, error = jointwatch("notices", *arguments)
    assert code == 2
    assert sentence in error
    assert "Traceback" not in error
