"""A package's subsets are what the same radars are worth as architectures; its figures are laws of sums."""

from __future__ import annotations

from itertools import pairwise

import pytest

from jointwatch.studies.joint.chunk import Plan, chunk
from jointwatch.studies.joint.file import StudyError, load, parse
from jointwatch.studies.joint.measures import Row, rows
from jointwatch.studies.joint.worth import WorthRow, worth_rows

TEXT = load("europe-2007")[1].decode()
SMALL = TEXT.replace("count = 12500", "count = 30").replace('"turkey", "europe-south-east", ', "")
AS_ARCHITECTURES = {
    "none": "",
    "third-site-2007": "brdy+upgraded",
    "gabala-armavir-2007": "gabala+armavir+exchange",
    "both-2007": "gabala+armavir+brdy+upgraded+exchange",
}


@pytest.fixture(scope="module")
def told() -> tuple[list[Row], dict[tuple[str, ...], WorthRow]]:
    plan = Plan(parse(SMALL.encode(), where="small"))
    chunks = [chunk(plan, number) for number in range(len(plan))]
    held = {(r.to, r.vehicle, r.party, r.assumptions, r.measure, r.figure, r.of): r for r in worth_rows(plan, chunks)}
    return list(rows(plan, chunks)), held


def test_a_subset_is_the_architecture_that_brings_its_elements(
    told: tuple[list[Row], dict[tuple[str, ...], WorthRow]],
) -> None:
    architectures, package = told
    compared = 0
    for measure in ("detected", "track_time"):
        for row in (row for row in architectures if row.measure == measure and row.flights):
            key = (
                row.to,
                row.vehicle,
                row.party,
                row.assumptions,
                measure,
                "subset",
                AS_ARCHITECTURES[row.architecture],
            )
            same = package[key]
            assert (same.value, same.low, same.high) == pytest.approx((row.value, row.low, row.high), abs=1e-5)
            assert same.flights == row.flights
            compared += 1
    assert compared == 2 * 2 * 36  # measures, cells that are flown to, views


def test_alternatives_are_sums_of_subsets(told: tuple[list[Row], dict[tuple[str, ...], WorthRow]]) -> None:
    _, package = told
    keys = {key[:5] for key, row in package.items() if row.flights}
    for key in keys:

        def value(figure: str, of: str, key: tuple[str, ...] = key) -> float:
            return package[*key, figure, of].value

        a, b, both = "third-site", "gabala-armavir", "third-site+gabala-armavir"
        assert value("alternative", a) == value("subset", "brdy+upgraded")
        assert value("adds", a) == pytest.approx(value("alternative", both) - value("alternative", b), abs=1e-9)
        assert value("adds", b) == pytest.approx(value("alternative", both) - value("alternative", a), abs=1e-9)
        shares = [value("share", name) for name in ("gabala", "armavir", "brdy", "upgraded", "exchange")]
        every = value("subset", "gabala+armavir+brdy+upgraded+exchange")
        assert sum(shares) == pytest.approx(every - value("subset", ""), abs=1e-9)


def test_who_has_no_radar_of_an_element_gains_from_it_only_with_the_exchange(
    told: tuple[list[Row], dict[tuple[str, ...], WorthRow]],
) -> None:
    _, package = told
    for key, row in package.items():
        _, _, party, _, measure, figure, of = key
        if party == "united-states" and measure == "warning" and figure == "alone" and of != "brdy" and row.flights:
            assert row.value == 0.0
    central = ("europe-central", "irbm-solid-3stage", "united-states", "neutral", "warning")
    assert package[*central, "together", "gabala+exchange"].low > 0
    assert package[*central, "adds", "gabala-armavir"].low > 0


def test_more_elements_see_no_less(told: tuple[list[Row], dict[tuple[str, ...], WorthRow]]) -> None:
    _, package = told
    for key in {key[:5] for key, row in package.items() if row.flights}:
        grown = ["", "gabala", "gabala+armavir", "gabala+armavir+brdy", "gabala+armavir+brdy+exchange"]
        values = [package[*key, "subset", of].value for of in grown]
        assert all(less <= more + 1e-9 for less, more in pairwise(values))


def test_without_a_package_nothing_is_told_of_one() -> None:
    begin, end = SMALL.index("[package]"), SMALL.index("[[launches]]")
    plan = Plan(parse((SMALL[:begin] + SMALL[end:]).encode(), where="without"))
    assert plan.package is None
    assert list(worth_rows(plan, [chunk(plan, 0)])) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('brdy = ["brdy"]', 'brdy = ["bridy"]', "the catalogue has no radar 'bridy'; did you mean 'brdy'?"),
        ('brdy = ["brdy"]', "brdy = []", "package.elements.brdy"),
        ('brdy = ["brdy"]', 'brdy = ["gabala"]', "elements: 'gabala' stands there twice"),
        ('brdy = ["brdy"]', 'exchange = ["brdy"]', "elements.exchange: this is the exchange of data itself"),
        ('brdy = ["brdy"]', 'brdy = ["brdy"]\nkurecik = ["kurecik"]', "package: 'kurecik' is of no party"),
        ('third-site = ["brdy",', 'third-site = ["bridy",', "no element 'bridy'; did you mean 'brdy'?"),
        ('third-site = ["brdy", "upgraded"]', "", "two are asked for; got 1"),
        ('"detected", "warning"', '"detectd"', "package.measures.0"),
        ("proposed = true\nmeasures", "measures", "package: 'brdy' did not stand on 2009-06; give another day"),
    ],
)  # fmt: skip
def test_a_fault_in_a_package_is_one_sentence(old: str, new: str, told: str) -> None:
    assert old in SMALL
    with pytest.raises(StudyError) as refused:
        Plan(parse(SMALL.replace(old, new).encode(), where="mine.toml"))
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_eleven_elements_are_refused_with_how_many_are_taken() -> None:
    names = ["lekhtusi", "pionersky", "olenegorsk", "pechora", "kurecik", "cape-cod"]
    more = "".join(f'e{i} = ["{name}"]\n' for i, name in enumerate(names))
    with pytest.raises(StudyError, match="one to 10 are valued, with all their subsets; got 11"):
        parse(SMALL.replace("[package.alternatives]", more + "[package.alternatives]").encode(), where="mine.toml")
