"""A study as joint statements: what is said is read back, what differs is named, and nothing else is taken for it."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.messages.accord import JointText
from jointwatch.messages.reference import EntryReference
from jointwatch.studies.joint import comparison, stated, statement
from jointwatch.studies.joint.file import TOGETHER, StudyError, load
from jointwatch.studies.joint.measures import Row
from jointwatch.studies.joint.strategic import ReachRow
from jointwatch.studies.joint.worth import WorthRow

STUDY, DATA = load("europe-2007")
SIDES, PARTIES = tuple(STUDY.assumptions), (*STUDY.parties, TOGETHER)
CELLS = [
    ("iran", to, vehicle) for to in ("turkey", "europe-west") for vehicle in ("mrbm-solid-2stage", "irbm-solid-3stage")
]


def rows() -> list[Row]:
    """Figures such as a study has, each another one."""
    found = []
    for number, cell in enumerate(CELLS):
        found.append(Row(*cell, "", "", "", "in_reach", "share", 0.25 * number, 0.0, 1.0, 100))
        for a, architecture in enumerate(STUDY.architectures):
            for s, side in enumerate(SIDES):
                for p, party in enumerate(PARTIES):
                    of, share = (*cell, architecture, party, side), (number + a + s + p) / 40
                    found.append(Row(*of, "detected", "share", share, share, share, 100))
                    found.append(Row(*of, "first_after_launch", "s", 100.0 + 5 * a + s, 90.0, 130.0, 100 * (p > 0)))
                of = (*cell, architecture, "", side)
                found.append(Row(*of, "alone_detected", "share", 0.5, 0.4, 0.6, 100, radar="gabala"))
    return [*found, *beside()]


def beside() -> list[Row]:
    """Figures of a package and of a site, with what is below 0, beyond all bounds, and of no flight."""
    found = []
    for side in SIDES:
        for party in PARTIES:
            of = (*CELLS[0], party, side)
            for figure, names, value in (("alternative", "", 0.5), ("adds", "gabala", -0.01), ("on_top", "a+b", 0.25)):
                worth = WorthRow(*of, "detected", "share", figure, names, value, value, value, 100)
                found.append(stated.of_package(worth))
            whose = (*CELLS[0], "poland", "none", party, side)
            found.append(stated.of_site(ReachRow(*whose, "needed_50", "km/s", "", "", NAN, math.inf, NAN, NAN, 100)))
            claimed = ("share", "some-one", "he", 6.3)
            found.append(stated.of_site(ReachRow(*whose, "within", *claimed, 0.75, 0.7, 0.8, 100)))
    return found


NAN = math.nan
ROWS = rows()
TEXTS = statement.texts(STUDY, DATA, ROWS)


def test_all_figures_stand_in_statements_that_an_entry_holds() -> None:
    assert [text.title for text in TEXTS] == [
        f"Study europe-2007: its figures, part {n} of {len(TEXTS)}" for n in range(1, len(TEXTS) + 1)
    ]
    for text in TEXTS:
        assert msgspec.convert(msgspec.to_builtins(text), JointText) == text  # within the bounds of the schema
        assert len(msgspec.msgpack.encode(text)) < 60_000
    assert comparison.missing(STUDY, ROWS, TEXTS) == []
    said = {}
    for text in TEXTS:
        for words in text.points[1:]:
            where, of = comparison.point(words)
            said.setdefault(where, {}).update(of)
    assert said == statement.told(STUDY, ROWS)


def test_who_has_the_same_figures_agrees_with_all_and_so_does_who_is_within_the_tolerance() -> None:
    off = {"share": 0.0009, "points": 0.0009, "s": 4.9, "km/s": 0.019}
    near = [replace(row, value=row.value + off[row.unit]) for row in ROWS]
    for own in (ROWS, near):
        assert [comparison.compare(STUDY, DATA, own, text) for text in TEXTS] == [[] for _ in TEXTS]


@pytest.mark.parametrize("number", range(0, len(ROWS), 37))
def test_each_figure_that_was_tampered_with_is_named_and_no_other(number: int) -> None:
    value = ROWS[number].value
    row = replace(ROWS[number], value=value + 10.0 if math.isfinite(value) else 10.0, flights=100)
    changed = [*ROWS[:number], row, *ROWS[number + 1 :]]
    found = [one for text in TEXTS for one in comparison.compare(STUDY, DATA, changed, text)]
    assert [(one.where, one.assumptions, one.party) for one in found] == [
        ((row.origin, row.to, row.vehicle, row.architecture), row.assumptions, row.party)
    ]
    (said,) = comparison.dissents(found).values()
    assert f"{row.origin} to {row.to}, {row.vehicle}" in said
    assert f"{statement.written(row)} computed" in said


def test_a_point_of_which_all_figures_differ_names_each_by_its_place() -> None:
    own = [replace(row, value=row.value + 10.0, flights=100) for row in ROWS]
    found = comparison.compare(STUDY, DATA, own, TEXTS[0])
    by_places = 0
    for number, said in comparison.dissents(found).items():
        assert len(said) <= statement.MOST_LETTERS
        mine = [one for one in found if one.point == number]
        if said.startswith(f"{len(mine)} figures are not agreed, by measure and place: "):
            by_places += 1
            _, named = comparison.point(TEXTS[0].points[number - 1])
            told = said.partition("place: ")[2].split("; ")
            for measure, values in named.items():
                places = [one.place for one in mine if one.measure == measure]
                flat = [value for of in values for value in of]
                assert not places or f"{measure} {' '.join(map(str, places))}" in told
                assert all(flat[one.place - 1] == one.stated for one in mine if one.measure == measure)
        else:
            assert said.count(" computed") == len(mine)
    assert by_places


def test_a_figure_that_only_one_has_differs() -> None:
    less = [row for row in ROWS if row.measure != "first_after_launch"]
    assert {one.measure for one in comparison.compare(STUDY, DATA, less, TEXTS[0])} == {"first_after_launch"}
    unsaid = comparison.missing(STUDY, ROWS, statement.texts(STUDY, DATA, less))
    assert unsaid[0] == "iran to turkey, mrbm-solid-2stage, none: first_after_launch"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("file SHA-256 ", "file SHA-256 00", "first point does not name study"),
        ("share 0.001", "share 0.5", "agrees within something else"),
        ("Jointwatch 0.", "Jointwatch 9.9-all-proved.", "first point does not name study"),
        ("/ russia /", "/ rutabaga /", "figures in another order"),
    ],
)
def test_a_statement_with_another_head_is_refused(old: str, new: str, why: str) -> None:
    text = JointText(title=TEXTS[0].title, points=(TEXTS[0].points[0].replace(old, new), *TEXTS[0].points[1:]))
    with pytest.raises(StudyError, match=why):
        comparison.compare(STUDY, DATA, ROWS, text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Study europe-2007:", "Study europe-2007, which proves that it threatens nobody:"),
        ("part 1 of", "part 2 of"),
        ("part 1 of 1", "part 1 of 10"),
    ],
)
def test_a_statement_called_otherwise_than_what_it_holds_is_refused(old: str, new: str) -> None:
    text = msgspec.structs.replace(TEXTS[0], title=TEXTS[0].title.replace(old, new, 1))
    with pytest.raises(StudyError, match="was not computed"):
        comparison.compare(STUDY, DATA, ROWS, text)


def test_a_statement_that_names_another_study_or_a_part_after_the_last_is_refused() -> None:
    for old, new in (("Study europe-2007,", "Study all-is-well,"), (f"part 1 of {len(TEXTS)}", "part 9 of 1")):
        changed = (TEXTS[0].points[0].replace(old, new, 1), *TEXTS[0].points[1:])
        text = JointText(title=TEXTS[0].title.replace(old, new, 1), points=changed)
        with pytest.raises(StudyError, match="was not computed"):
            comparison.compare(STUDY, DATA, ROWS, text)


def test_all_parts_are_known_as_all_parts_and_what_is_left_out_of_one_is_missing() -> None:
    assert comparison.is_whole(TEXTS)
    (other,) = statement.texts(STUDY, DATA, ROWS[:5])
    part = msgspec.structs.replace(
        other, points=(other.points[0].replace("part 1 of 1", "part 1 of 2"), other.points[1])
    )
    assert not comparison.is_whole([part])
    less = msgspec.structs.replace(TEXTS[-1], points=TEXTS[-1].points[:-1])
    assert comparison.is_whole([*TEXTS[:-1], less])
    assert comparison.compare(STUDY, DATA, ROWS, less) == []
    assert comparison.missing(STUDY, ROWS, [*TEXTS[:-1], less])


def test_a_statement_of_figures_is_about_no_launch() -> None:
    entry = EntryReference(log="moscow/common/notify/2026-11", index=0, leaf_hash=bytes(32))
    with pytest.raises(StudyError, match="about entries of logs"):
        comparison.compare(STUDY, DATA, ROWS, msgspec.structs.replace(TEXTS[0], about=(entry,)))


def test_what_is_no_share_agrees_with_none() -> None:
    assert not comparison.agree("share", "1.00100", "1.00000")
    assert not comparison.agree("share", "-0.00100", "0.00000")
    assert comparison.agree("share", "1.00000", "0.99900")


def test_what_is_stated_twice_is_refused() -> None:
    text = JointText(title=TEXTS[0].title, points=(*TEXTS[0].points[:2], TEXTS[0].points[1]))
    with pytest.raises(StudyError, match="stands in two points"):
        comparison.compare(STUDY, DATA, ROWS, text)


def test_an_error_that_is_infinite_for_the_first_party_is_no_radar_called_inf() -> None:
    errors = [
        replace(row, measure="launch_error_60", unit="km", value=float("inf") if row.party == PARTIES[0] else 1.5)
        for row in ROWS
        if row.measure == "detected"
    ]
    (text,) = statement.texts(STUDY, DATA, errors)
    assert "launch_error_60 inf 1.500" in text.points[1]
    assert comparison.compare(STUDY, DATA, errors, text) == []
    assert comparison.missing(STUDY, errors, [text]) == []


def test_figures_are_written_in_the_digits_of_the_statement() -> None:
    with pytest.raises(StudyError, match="its figures"):
        comparison.point("iran to turkey, mrbm-solid-2stage, none: detected \u0660.\u0665 0.5")


def test_a_statement_of_another_file_is_refused() -> None:
    with pytest.raises(StudyError, match="give the file that was stated"):
        comparison.compare(STUDY, DATA + b"\n", ROWS, TEXTS[0])


@given(st.data())
def test_a_point_is_read_as_it_was_written_or_refused(data: st.DataObject) -> None:
    words = data.draw(st.sampled_from([words for text in TEXTS for words in text.points[1:]]))
    at = data.draw(st.integers(0, len(words)))
    damaged = words[:at] + data.draw(st.text(max_size=4)) + words[at + data.draw(st.integers(0, 3)) :]
    try:
        where, of = comparison.point(damaged)
    except StudyError:
        return
    again = "; ".join(f"{name} {' / '.join(' '.join(one) for one in values)}" for name, values in of.items())
    assert damaged == f"{statement.place_of(where)}: {again}"
