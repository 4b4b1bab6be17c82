"""The list of fireballs: all of it read, each cell in one form, and a sentence for whatever is not."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats.fireballs import COLUMNS, read_fireballs
from jointwatch.formats.refusal import Refusal

LIST = Path(__file__).parents[3] / "shared" / "data" / "fireballs" / "cneos_fireballs_1988_2014.csv"
HEAD = ",".join(f'"{name}"' for name in COLUMNS)
ROW = '"2014-12-13 02:53:52","86.7N","162.1W","30.7","21.7","15.3","-13.3","-7.8","4.4e10","0.15"'


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    return path


def test_a_row_is_read_with_its_signs(tmp_path: Path) -> None:
    (seen,) = read_fireballs(written(tmp_path / "f.csv", ROW))
    assert f"{seen.at:%Y-%m-%dT%H:%M:%SZ}" == "2014-12-13T02:53:52Z"
    assert (seen.latitude_deg, seen.longitude_deg, seen.altitude_km, seen.speed_km_s) == (86.7, -162.1, 30.7, 21.7)
    assert (seen.velocity_km_s, seen.radiated_j, seen.energy_kt) == ((15.3, -13.3, -7.8), 4.4e10, 0.15)


@pytest.mark.skipif(not LIST.is_file(), reason="needs the list in ../shared/data/fireballs")
def test_the_whole_list_is_read_with_what_was_released_of_each() -> None:
    found = read_fireballs(LIST)
    given = Counter()
    for seen in found:
        given["place"] += seen.latitude_deg is not None
        given["altitude"] += seen.altitude_km is not None
        given["speed"] += seen.speed_km_s is not None
        given["velocity"] += seen.velocity_km_s is not None
    assert (len(found), given) == (637, {"place": 453, "altitude": 228, "speed": 105, "velocity": 105})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("86.7N", "86.7", "line 2: an angle must end in N or S, got '86.7'"),
        ("86.7N", "96.7N", "line 2: an angle must be from 0 to 90 degrees, got '96.7N'"),
        ("86.7N", "", "wanted both angles of a place"),
        ('"15.3"', '""', "all three parts of a velocity, or none"),
        ("30.7", "nan", "line 2: wanted a number like 21.7 or 4.4e10, got 'nan'"),
        ("2014-12-13", "2014-13-13", "line 2: a time must be like 2014-12-13 02:53:52"),
        (',"0.15"', "", "line 2: wanted 10 cells, got 9"),
    ],
)
def test_a_cell_in_another_form_is_refused_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_fireballs(written(tmp_path / "f.csv", ROW.replace(old, new, 1)))
    assert words in str(caught.value)


@given(st.text(max_size=60), st.text(max_size=200))
def test_no_text_gives_anything_but_rows_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, cell: str, row: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for text in (row, ROW.replace("30.7", cell, 1)):
        path.write_text(f"{HEAD}\n{text}", encoding="utf-8", errors="replace")
        with contextlib.suppress(Refusal):
            assert all(-90 <= (seen.latitude_deg or 0) <= 90 for seen in read_fireballs(path))
