"""Element sets written as three lines: what is read back is what was meant, and what has no columns is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.formats import element_files
from jointwatch.formats.mean_elements import MeanElements
from jointwatch.formats.tle import read_tle
from jointwatch.formats.tle_text import write_tle

DATA = Path(__file__).parents[2].parent / "shared" / "data"
TEXT = """0 VANGUARD 1
1 00005U 58002B   20287.20333880 -.00000016  00000-0 -22483-4 0  9998
2 00005  34.2443 225.5254 1845686 162.2516 205.2356 10.84869164218149
"""
angle = st.floats(0, 359.9999)
elements = st.builds(
    MeanElements,
    object_name=st.sampled_from(["ISS (ZARYA)", "FENGYUN 1C DEB", "1 A", "0"]),
    object_id=st.sampled_from(["", "1998-067A", "2022-003BZ"]),
    norad_cat_id=st.integers(1, 339_999),
    classification_type=st.just("U"),
    epoch=st.sampled_from(
        ["2022-01-22T18:20:00.123456789Z", "1957-10-04T00:00:00.000000Z", "2024-12-31T23:59:59.999Z"]
    ),
    mean_motion=st.floats(0.01, 17),
    eccentricity=st.floats(0, 0.9999),
    inclination=st.floats(0, 180),
    ra_of_asc_node=angle,
    arg_of_pericenter=angle,
    mean_anomaly=angle,
    bstar=st.floats(-0.9, 0.9),
    mean_motion_dot=st.floats(-0.9, 0.9),
    mean_motion_ddot=st.floats(-0.1, 0.1),
    ephemeris_type=st.just(0),
    element_set_no=st.integers(0, 9999),
    rev_at_epoch=st.integers(0, 99_999),
)


@settings(max_examples=50)
@given(elements)
def test_what_is_written_is_read_back_to_its_last_column_and_written_the_same_again(one: MeanElements) -> None:
    text = write_tle([one])
    reading = read_tle(text)
    assert not reading.refused, reading.refused
    (back,) = reading.elements
    assert back.mean_motion == pytest.approx(one.mean_motion, abs=6e-9)
    assert back.eccentricity == pytest.approx(one.eccentricity, abs=6e-8)
    assert back.bstar == pytest.approx(one.bstar, rel=1e-4, abs=1e-10)
    assert abs((back.mean_anomaly - one.mean_anomaly + 180) % 360 - 180) < 6e-5
    assert back.norad_cat_id == one.norad_cat_id
    assert write_tle([back]) == text


@pytest.mark.parametrize("name", ["3le_2022-01-22.txt.gz", "celestrak_active_2026-03-19.txt.gz"])
def test_the_public_catalogue_comes_back_whole(name: str) -> None:
    path = DATA / "catalogue" / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    found = read_tle(gzip.decompress(path.read_bytes())).elements[::10]
    assert read_tle(write_tle(found)).elements == found


@pytest.mark.parametrize(
    ("key", "value", "word"), [("norad_cat_id", 340_000, "five columns"), ("mean_motion_dot", 1.5, "below 1")]
)
def test_a_number_without_columns_is_refused(key: str, value: float, word: str) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match=word):
        write_tle([replace(read_tle(TEXT).elements[0], **{key: value})])


def test_a_file_is_read_in_lines_or_messages_packed_or_not(tmp_path: Path) -> None:
    plain, packed, messages = tmp_path / "a.txt", tmp_path / "a.gz", tmp_path / "a.json"
    plain.write_text(TEXT)
    packed.write_bytes(gzip.compress(TEXT.encode()))
    (one,) = read_tle(TEXT).elements
    keys = ("object_name", "object_id", "norad_cat_id", "epoch", "mean_motion", "eccentricity", "inclination")
    more = ("ra_of_asc_node", "arg_of_pericenter", "mean_anomaly", "bstar")
    messages.write_text(json.dumps([{key.upper(): getattr(one, key) for key in (*keys, *more)}]))
    for path in (plain, packed):
        assert element_files.read(path).elements == (one,)
    (said,) = element_files.read(messages).elements
    assert (said.norad_cat_id, said.mean_anomaly) == (5, one.mean_anomaly)


def test_a_file_that_is_none_is_refused_in_one_sentence_with_its_name(tmp_path: Path) -> None:
    torn, other = tmp_path / "torn.gz", tmp_path / "other.txt"
    torn.write_bytes(gzip.compress(TEXT.encode())[:-9])
    other.write_text("no elements here\n")
    damaged = tmp_path / "damaged.txt"
    damaged.write_text(TEXT.replace("9998", "9997"))
    with pytest.raises(
        ValueError, match=r"damaged\.txt: none of its element sets can be taken; the first: line 2: the checksum"
    ):
        element_files.read(damaged)
    for path, words in ((tmp_path / "absent", "cannot be read"), (torn, "cannot be read"), (other, "wanted two- or")):
        with pytest.raises(ValueError, match=words) as refused:
            element_files.read(path)
        assert str(refused.value).startswith(f"{path}: ")
