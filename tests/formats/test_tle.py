"""Element sets of two and three lines: what is read, what is refused and how that is said."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jointwatch.formats.mean_elements import Reading
from jointwatch.formats.tle import read_tle

DATA = Path(__file__).parents[2].parent / "shared" / "data"
NAME = "0 VANGUARD 1"
LINE_1 = "1 00005U 58002B   20287.20333880 -.00000016  00000-0 -22483-4 0  9998"
LINE_2 = "2 00005  34.2443 225.5254 1845686 162.2516 205.2356 10.84869164218149"
WHOLE = f"{NAME}\n{LINE_1}\n{LINE_2}\n"
SETS = {"3le_2022-01-22.txt.gz": 23_939, "celestrak_active_2026-03-19.txt.gz": 14_710}


def with_checksum(line: str) -> str:
    tally = sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10
    return line[:68] + str(tally)


def changed(line: str, first: int, text: str) -> str:
    """A line with other columns from `first` on, its checksum set right."""
    return with_checksum(line[: first - 1] + text + line[first - 1 + len(text) :])


def read_or_sentence(data: bytes | str) -> Reading | str:
    try:
        return read_tle(data)
    except ValueError as error:
        return str(error)


def reasons(text: str | bytes) -> list[str]:
    return [str(each) for each in read_tle(text).refused]


def test_every_field_has_its_columns() -> None:
    (read,) = read_tle(WHOLE).elements
    assert (read.object_name, read.object_id, read.norad_cat_id, read.classification_type) == (
        ("VANGUARD 1", "1958-002B", 5, "U")
    )
    assert read.epoch == "2020-10-13T04:52:48.472320Z"
    assert (read.mean_motion, read.eccentricity, read.inclination) == (10.84869164, 0.1845686, 34.2443)
    assert (read.ra_of_asc_node, read.arg_of_pericenter, read.mean_anomaly) == (225.5254, 162.2516, 205.2356)
    assert (read.bstar, read.mean_motion_dot, read.mean_motion_ddot) == (-0.22483e-4, -1.6e-7, 0.0)
    assert (read.ephemeris_type, read.element_set_no, read.rev_at_epoch) == (0, 999, 21814)


@pytest.mark.parametrize("name", ["0 VANGUARD 1", "VANGUARD 1", "VANGUARD 1              "])
def test_a_name_may_have_its_line_number_or_not(name: str) -> None:
    assert read_tle(f"{name}\r\n{LINE_1}\r\n{LINE_2}").elements[0].object_name == "VANGUARD 1"


def test_a_set_needs_no_name() -> None:
    assert read_tle(f"{LINE_1}\n{LINE_2}").elements[0].object_name == ""


@pytest.mark.parametrize(
    ("columns", "number"),
    [("    5", 5), ("A0000", 100_000), ("H9999", 179_999), ("J0000", 180_000), ("Z9999", 339_999), ("P0001", 230_001)],
)
def test_a_letter_stands_for_tens_of_thousands(columns: str, number: int) -> None:
    read = read_tle(f"{changed(LINE_1, 3, columns)}\n{changed(LINE_2, 3, columns)}")
    assert [each.norad_cat_id for each in read.elements] == [number]


@pytest.mark.parametrize("columns", ["I0000", "O0001", "a0001", "A 001", "1A000", "     "])
def test_other_letters_stand_for_nothing(columns: str) -> None:
    (reason,) = reasons(f"{changed(LINE_1, 3, columns)}\n{changed(LINE_2, 3, columns)}")
    assert reason == f"line 1: columns 3 to 7, the catalogue number, hold {columns!r}"


@pytest.mark.parametrize(
    ("columns", "epoch"),
    [
        ("57001.00000000", "1957-01-01T00:00:00.000000Z"),
        ("56366.99999999", "2056-12-31T23:59:59.999136Z"),
        ("20  1.50000000", "2020-01-01T12:00:00.000000Z"),
        ("00060.00000001", "2000-02-29T00:00:00.000864Z"),
    ],
)
def test_the_epoch_is_exact(columns: str, epoch: str) -> None:
    assert read_tle(f"{changed(LINE_1, 19, columns)}\n{LINE_2}").elements[0].epoch == epoch


@pytest.mark.parametrize(
    ("line_1", "line_2", "reason"),
    [
        (LINE_1[:-1] + "7", LINE_2, "line 2: the checksum is 7, the line tallies to 8"),
        (LINE_1, LINE_2[:-1] + "0", "line 3: the checksum is 0, the line tallies to 9"),
        (LINE_1[:-1], LINE_2, "line 2: an element line has 69 columns, this one 68"),
        (LINE_1, LINE_2 + "0", "line 3: an element line has 69 columns, this one 70"),
        (LINE_1, changed(LINE_2, 9, "x34.2443"), "line 3: columns 9 to 16, the inclination, hold 'x34.2443'"),
        (LINE_1, changed(LINE_2, 17, "1"), "line 3: columns 17 to 17 must be blank, they hold '1'"),
        (LINE_1, changed(LINE_2, 3, "00006"), "line 3: the catalogue number is 00006, in the line before it was 00005"),
        (LINE_1, changed(LINE_2, 9, "181.0000"), "line 2: an inclination of 181.0 degrees is outside 0 to 180"),
        (changed(LINE_1, 21, "000.5"), LINE_2, "line 2: the year 2020 has no day 0"),
        (changed(LINE_1, 19, "21366"), LINE_2, "line 2: the year 2021 has no day 366"),
        (
            changed(LINE_1, 63, "4"),
            LINE_2,
            "line 2: ephemeris type 4 is of another theory than SGP4 (0, 2 or 3)",
        ),
    ],
)
def test_a_damaged_line_is_named_with_its_fault(line_1: str, line_2: str, reason: str) -> None:
    assert reasons(f"{NAME}\n{line_1}\n{line_2}") == [reason]


def test_what_is_bad_is_skipped_and_the_rest_read() -> None:
    broken = WHOLE.replace("34.2443", "34.2444")
    read = read_tle(WHOLE + broken + WHOLE)
    assert len(read.elements) == 2
    assert [str(each) for each in read.refused] == ["line 6: the checksum is 9, the line tallies to 0"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{LINE_1}\n{WHOLE}", "line 1: the first line of an element set without the second after it"),
        (f"{LINE_2}\n{WHOLE}", "line 1: the second line of an element set without the first before it"),
        (f"LOST\n{WHOLE}", "line 1: no element set follows 'LOST'"),
        (f"{WHOLE}LOST", "line 4: no element set follows 'LOST': the file ends"),
        (f"{WHOLE}{LINE_1}", f"line 4: no element set follows {LINE_1[:40] + '...'!r}: the file ends"),
    ],
)
def test_what_stands_alone_is_listed(text: str, expected: str) -> None:
    assert reasons(text) == [expected]


@pytest.mark.parametrize("text", ["", "\n\n", "hello", "{}", LINE_1, b"\xff\xfe\x00", "# only a comment"])
def test_a_file_of_another_kind_is_one_sentence(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="wanted two- or three-line element sets, got a file without any line"):
        read_tle(text)


def test_a_name_in_other_letters_than_utf_8_is_refused() -> None:
    (reason,) = reasons(WHOLE.replace("VANGUARD", "VANGU\xc4RD").encode("latin-1"))
    assert "cannot be printed" in reason


def test_a_file_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jointwatch.formats.mean_elements.LARGEST_BYTES", 100)
    with pytest.raises(ValueError, match=f"of at most 100 bytes, got {len(WHOLE)}"):
        read_tle(WHOLE)


@given(st.binary(max_size=400) | st.text(max_size=400))
@example(b"1 \n2 ")
def test_any_file_gives_records_and_refusals_or_one_value_error(data: bytes | str) -> None:
    read = read_or_sentence(data)
    assert isinstance(read, Reading) or read.startswith("wanted two- or three-line element sets")


@given(st.integers(0, len(LINE_1 + LINE_2) - 1), st.sampled_from("0123456789"))
def test_a_digit_changed_for_another_never_goes_unseen(at: int, digit: str) -> None:
    both = LINE_1 + LINE_2
    if both[at] == digit or not both[at].isdigit() or at in (0, len(LINE_1)):
        return
    both = both[:at] + digit + both[at + 1 :]
    assert not read_tle(f"{both[:69]}\n{both[69:]}").elements


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=3))
def test_damage_is_refused_with_a_line_of_the_file(at: int, damage: bytes) -> None:
    broken = WHOLE.encode() + WHOLE.encode()[:at] + damage + WHOLE.encode()[at + len(damage) :]
    read = read_tle(broken)
    assert read.elements[0] == read_tle(WHOLE).elements[0]
    assert all(4 <= each.number <= broken.count(b"\n") + 1 for each in read.refused)


@pytest.mark.parametrize("name", sorted(SETS))
def test_a_whole_public_catalogue_is_read_without_a_refusal(name: str) -> None:
    path = DATA / "catalogue" / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    read = read_tle(gzip.decompress(path.read_bytes()))
    assert (len(read.elements), read.refused) == (SETS[name], ())
