"""`jointwatch study` as a person starts it: files, tables, going on; every fault is one sentence, exit code 2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xarray

from jointwatch.studies.joint import file
from jointwatch.studies.joint.file import load

TO = '"turkey", "europe-south-east", "europe-central", "europe-west"'
DATA = load("europe-2007")[1].decode().replace("count = 12500", "count = 40").replace(TO, '"turkey"')
FILES = [
    "chunks", "package.parquet", "reach.parquet", "report.html", "results.nc", "results.parquet", "rings.parquet",
    "study.toml",
]  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(DATA)
    return path


def test_a_study_prints_its_tables_and_writes_its_files_and_goes_on(jointwatch, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, printed, told = jointwatch("study", small, "--out", out, "--workers", "1")
    assert code == 0, told
    assert "Gabala and Armavir, the third site, or both" in printed
    assert "iran to turkey, irbm-solid-3stage: 40 flights, 100% of the pairs of places are in reach" in printed
    assert "gabala-armavir-2007" in printed
    assert "together" in printed
    assert "Alternative or addition? Share of flights detected, %" in printed
    assert "What each element is worth: time on track, s, on average" in printed
    assert "From Redzikowo, ten two-stage interceptors, planned" in printed
    answer = printed.rpartition("On whose numbers. ")[2]
    assert [line.strip() for line in answer.splitlines() if str(out) in line][-1].endswith("report.html")
    assert "\\x" not in printed
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert (out / "study.toml").read_text() == DATA
    first = (out / "results.parquet").read_bytes()
    assert jointwatch("study", small, "--out", out, "--workers", "1")[1] == printed
    assert (out / "results.parquet").read_bytes() == first


def test_titles_are_printed_as_they_are(jointwatch, tmp_path: Path) -> None:
    own, title = tmp_path / "own.toml", "Gabala [/bold] [link=http://x]alone[/link] \u202e"
    own.write_text(
        DATA.replace("Gabala and Armavir, the third site, or both", title).replace("count = 40", "count = 1")
    )
    code, printed, told = jointwatch("study", own, "--out", tmp_path / "out", "--workers", "1")
    assert code == 0, told
    assert printed.startswith("Gabala [/bold] [link=http://x]alone[/link] \\x202e\n")


def test_a_complaint_steers_no_terminal(jointwatch, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('"\\u001b[2J" = 1\n' + DATA)
    code, _, told = jointwatch("study", own)
    assert (code, "\\x1b[2J: this key is not known" in told, "\x1b" in told) == (2, True, False)


def test_parquet_and_netcdf_hold_the_same_figures(jointwatch, small: Path, tmp_path: Path) -> None:
    jointwatch("study", small, "--out", tmp_path / "out", "--workers", "1")
    table = pl.read_parquet(tmp_path / "out" / "results.parquet")
    with xarray.open_dataset(tmp_path / "out" / "results.nc") as grid:
        for row in table.filter(pl.col("architecture") != "").sample(200, seed=3).iter_rows(named=True):
            who = {"radar": row["radar"]} if row["radar"] else {"party": row["party"]}
            there = grid[row["measure"]].sel(
                launches=f"{row['origin']} to {row['to']}, {row['vehicle']}",
                architecture=row["architecture"],
                assumptions=row["assumptions"],
                **who,
            )
            assert np.array_equal(there, [row["value"], row["low"], row["high"]], equal_nan=True)
        assert grid["detected"].attrs["units"] == "share"
    assert table.filter(pl.col("unit") == "share")["value"].drop_nans().is_between(0, 1).all()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("count = 40", "cuont = 40", "cuont: this key is not known; did you mean 'count'?"),
        ('"fylingdales"', '"flyingdales"', "the catalogue has no radar 'flyingdales'; did you mean 'fylingdales'?"),
        ('"turkey"', "", "launches.0.to: wanted at least 1"),
        (
            '[architectures.gabala-armavir-2007]\non = "2009-06"\nproposed = true',
            '[architectures.gabala-armavir-2007]\non = "1980"',
            "architectures.gabala-armavir-2007.on: none of its radars stood on 1980",
        ),
        (
            'on = "2009-06"\nproposed = true\nmeasures',
            'on = "2009-06"\nmeasures',
            "package: 'brdy' did not stand on 2009",
        ),
        ('[architectures.none]\non = "2009-06"', '[architectures.none]\non = "1950"', "from 1972 on"),
        ("[assumptions.russia]", "[assumptions.rusia]", "assumptions.russia is missing"),
        ('"narrow"', '"narow"', "did you mean 'narrow'?"),
    ],
)
def test_a_fault_in_the_file_is_one_sentence(
    jointwatch, small: Path, tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in DATA
    small.write_text(DATA.replace(old, new).replace("[assumptions.russia.claims]", "[assumptions.neutral.claims]"))
    code, printed, error = jointwatch("study", small, "--out", tmp_path / "out")
    assert (code, printed) == (2, "")
    assert told in error.replace("\n", " ")
    assert "Traceback" not in error
    assert not (tmp_path / "out" / "results.parquet").exists()


def test_the_package_is_written_with_every_subset(jointwatch, small: Path, tmp_path: Path) -> None:
    jointwatch("study", small, "--out", tmp_path / "out", "--workers", "1")
    table = pl.read_parquet(tmp_path / "out" / "package.parquet")
    each = {"subset": 32, "alone": 5, "on_top": 5, "share": 5, "together": 10, "alternative": 4, "adds": 2}
    cells_parties_assumptions_measures = 3 * 3 * 3 * 3
    for figure, count in each.items():
        assert len(table.filter(pl.col("figure") == figure)) == count * cells_parties_assumptions_measures
    known = table.filter(pl.col("flights") > 1)  # of one flight there is no interval of a mean
    assert (known["low"] <= known["value"] + 1e-12).all()
    assert (known["value"] <= known["high"] + 1e-12).all()


def test_a_study_is_done_here_or_on_a_cluster(jointwatch, small: Path) -> None:
    code, _, error = jointwatch("study", small, "--workers", "2", "--cluster", "tcp://127.0.0.1:8786")
    assert code == 2
    assert "--workers and --cluster: the work is done here or there" in error


def test_a_bundle_that_reaches_nowhere_is_one_sentence(jointwatch, small: Path, tmp_path: Path) -> None:
    begin, end = DATA.index("[[launches]]"), DATA.index("# Where sources disagree")
    nowhere = '[[launches]]\nfrom = "iran"\nto = ["america-east"]\nvehicles = ["srbm-solid-1stage"]\n'
    small.write_text(DATA[:begin] + nowhere + DATA[end:])
    code, printed, error = jointwatch("study", small, "--out", tmp_path / "out", "--workers", "1")
    assert (code, printed) == (2, "")
    assert "launches: no class reaches any destination from where it is launched" in error.replace("\n", " ")
    assert not (tmp_path / "out" / "results.parquet").exists()


def test_an_unknown_study_is_refused_with_the_nearest(jointwatch) -> None:
    code, _, error = jointwatch("study", "europe-2008")
    assert code == 2
    assert "did you mean 'europe-2007'?" in error


def test_the_programme_is_told_with_its_tests_and_what_would_have_been_missed(
    jointwatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = load("programme")[1].replace(b"count = 12500", b"count = 30")
    monkeypatch.setattr(file, "load", lambda name: (file.parse(few, where=name), few))
    code, printed, told = jointwatch("study", "programme", "--out", tmp_path / "out", "--workers", "1")
    assert code == 0, told
    assert "What each test showed" in printed
    assert "Which class was new, against the days since 1998" in printed
    assert printed.count("Missed by together with") == 4
    assert "Missed with both-2007, by class and regions, %" in printed
    account = printed[printed.index("What each test showed") :].splitlines()
    assert "…" not in "".join(account)
    assert "Sejjil-2, October 2010 (2010-S82)" in "\n".join(account)
    assert "srbm-solid-1stage, iran to iran" in account
    assert "The rings of the reach map around Semnan province" in printed
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written >= {"programme-reach.geojson", "programme-missed.parquet"}
