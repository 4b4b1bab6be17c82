"""Lists of launches and sites: GCAT's vague dates, orbital launches as .csv, and what is refused."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats.launch_lists import read_launches, read_sites
from jointwatch.formats.refusal import Refusal

LAUNCHES = Path(__file__).parents[3] / "shared" / "data" / "launches"
needs_lists = pytest.mark.skipif(not LAUNCHES.is_dir(), reason="needs the lists in ../shared/data/launches")
HEAD = "#Launch_Tag\tLaunch_Date\tLV_Type\tFlight_ID\tLaunch_Site\n"
SITES = "#Site\tName\tLongitude\tLatitude\tError\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@needs_lists
def test_the_rocket_of_andoya_stands_in_the_list_to_the_second() -> None:
    found = {launch.id: launch for launch in read_launches(LAUNCHES / "gcat_launch_excerpt_1994-12-07_1995-04-29.tsv")}
    andoya = found["1995-S06"]
    assert f"{andoya.earliest:%Y-%m-%d %H:%M:%S}" == "1995-01-25 06:24:48"
    assert read_sites(LAUNCHES / "sites.tsv")[andoya.site].latitude_deg == pytest.approx(69.29, abs=0.05)
    assert len(found) > 80


@needs_lists
def test_every_orbital_launch_has_a_site_with_a_position() -> None:
    sites = read_sites(LAUNCHES / "sites.tsv")
    found = read_launches(LAUNCHES / "orbital_launches_1990_2018.csv")
    assert len(found) == 2_270
    assert all(launch.latest - launch.earliest == timedelta(minutes=1) for launch in found)
    assert {launch.site for launch in found if launch.earliest.year >= 2010} <= set(sites)


@pytest.mark.parametrize(
    ("date", "from_utc", "lasts"),
    [
        ("1995 Jan 25 0624:48", "1995-01-25 06:24:48", timedelta(seconds=1)),
        ("1994 Dec  7 1611", "1994-12-07 16:11:00", timedelta(minutes=1)),
        ("1994 Dec  7 1611?", "1994-12-07 16:11:00", timedelta(days=1)),
        ("1994 Dec  8", "1994-12-08 00:00:00", timedelta(days=1)),
        ("1995 Feb", "1995-02-01 00:00:00", timedelta(days=31)),
        ("1995", "1995-01-01 00:00:00", timedelta(days=366)),
        ("1994 Dec  8?", "1994-12-08 00:00:00", timedelta(days=31)),
    ],
)
def test_a_vague_date_is_as_long_as_it_is_vague(tmp_path: Path, date: str, from_utc: str, lasts: timedelta) -> None:
    (launch,) = read_launches(written(tmp_path / "l.tsv", f"{HEAD}1995-S06\t{date}\tBlack Brant\t-\tAND\n"))
    assert f"{launch.earliest:%Y-%m-%d %H:%M:%S}" == from_utc
    assert launch.latest - launch.earliest == lasts


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\n1,2\n", "line 1: wanted GCAT's table"),
        (f"{HEAD}1995-S06\t1995 Jan 32\tX\t-\tAND\n", "line 2: Launch_Date must be"),
        (f"{HEAD}1995-S06\tsoon\tX\t-\tAND\n", "line 2: Launch_Date must be"),
        (f"{HEAD}1995-S06\t1995 Jan 25\n", "line 2: wanted 5 cells"),
        ("#Launch_Tag\tX\n", "line 1: the table lacks the column Launch_Date"),
        ("launch_id,dt_min,site_raw\n", "line 1: the table lacks the column vehicle"),
        ('launch_id,dt_min,"site', "line 1: not comma-separated text: unexpected end of data"),
        ("launch_id,dt_min,site_raw,vehicle\na,2015-13-01T00:00:00Z,CSG,X\n", "line 2: dt_min must be like"),
        ("launch_id,dt_min,site_raw,vehicle\na,b\n", "line 2: wanted as many cells"),
    ],
)
def test_a_list_that_is_none_is_refused_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(Refusal, match=f"^{why}"):
        read_launches(written(tmp_path / "list", text))


@pytest.mark.parametrize("cells", ["x\t5\t1", "-52\t95\t1", "-52\t5\t-1", "nan\t5\t1"])
def test_a_site_nowhere_is_refused(tmp_path: Path, cells: str) -> None:
    with pytest.raises(Refusal, match=r"^line 2: the position of 'CSG'"):
        read_sites(written(tmp_path / "sites.tsv", f"{SITES}CSG\tKourou\t{cells}\n"))


@given(st.text(max_size=200), st.sampled_from(["", HEAD, "launch_id,dt_min,site_raw,vehicle\n"]))
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str, head: str) -> None:
    path = tmp_path_factory.getbasetemp() / "list"
    path.write_bytes((head + text).encode("utf-8", "surrogatepass"))
    with contextlib.suppress(Refusal):
        read_launches(path)
