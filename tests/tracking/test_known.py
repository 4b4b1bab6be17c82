"""Satellites of a known catalogue: their plots are recognised, their tracks are numbered, launches keep theirs."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.flight.satellites import Catalogue, ShortArcs, catalogue_of
from jointwatch.formats.mean_elements import MeanElements
from jointwatch.sensors.measurement import predict
from jointwatch.studies.sky import displaced, made
from jointwatch.studies.sky_given import ElementsGiven, SkyGiven
from jointwatch.tracking import known
from jointwatch.tracking.bank import KNOWN, NAME
from jointwatch.tracking.known import Known
from jointwatch.tracking.track import Status, Track
from jointwatch.tracking.tracker import Tracker

FAMILY = {"name": "low", "count": 1, "apogee_km": (800.0, 1200.0), "inclination_deg": (50.0, 99.0)}
GIVEN = SkyGiven.model_validate(
    {
        "objects": 3000,
        "source": "-",
        "families": [FAMILY | {"perigee_km": (600.0, 790.0), "debris": 0, "rocket_bodies": 0}],
    }
)
SIGMA = (100.0, 2e-3, 2e-3)
STEP_S = 5.0


@pytest.fixture(scope="module")
def world(sky: SimpleNamespace) -> SimpleNamespace:
    """A sky of 3,000 satellites over one radar, all of which it sees in a sector of 100 degrees."""
    over = made(GIVEN, 7, sky.T0)
    return SimpleNamespace(truth=over.truth, known=Known(over.published), numbers=over.published.numbers, **vars(sky))


def in_field(world: SimpleNamespace, seconds: float) -> tuple[Ints, Floats]:
    """Rows and true states of the satellites in the radar's field at a time."""
    x = world.truth.at(world.tai(seconds))
    z = predict(world.SOUTH, x[:, :3])
    rows = np.flatnonzero((z[:, 2] > 0.1) & (z[:, 0] < 4e6) & (np.abs(z[:, 1] - np.radians(160)) < 0.9))
    return rows, x[rows]


def followed(
    world: SimpleNamespace, scans: int, launched: Floats | None = None, *, known: bool = True, leave_out: int = -1
) -> Tracker:
    """A tracker after so many scans of the satellites, and of a launched object (scans, 6) where there is one."""
    rng, tracker = np.random.default_rng(3), Tracker(name="watch", known=world.known if known else None)
    for k in range(scans):
        rows, x = in_field(world, STEP_S * k)
        x = x[rows != leave_out]
        states = x if launched is None else np.vstack([x, launched[k]])
        tracker.scan(world.seen((world.SOUTH, "gabala"), STEP_S * k, states, rng, sigma=SIGMA, pd=0.9, false=3))
    return tracker


def confirmed(tracker: Tracker) -> list[Track]:
    return [track for track in tracker.tracks() if track.status is Status.CONFIRMED]


def test_every_satellite_is_recognised_by_its_own_number_and_none_is_left_a_stranger(world: SimpleNamespace) -> None:
    tracker = followed(world, 12)
    rows, x = in_field(world, 55.0)
    named = {track.catalogue_number: track for track in confirmed(tracker)}
    assert None not in named
    there = [number for number in world.numbers[rows].tolist() if number in named]
    assert len(there) >= 0.8 * len(rows) > 20  # the others came into the field just now
    for number, state in zip(world.numbers[rows].tolist(), x, strict=True):
        if number in named and named[number].time_tai_ns == world.tai(55.0):
            assert world.nees(named[number].x, named[number].P, state) < 40.0


def test_without_a_catalogue_the_same_plots_are_strangers(world: SimpleNamespace) -> None:
    tracker = followed(world, 8, known=False)
    assert len(confirmed(tracker)) > 20
    assert not [track for track in tracker.tracks() if track.catalogue_number is not None]


def test_satellites_come_apart_from_what_is_to_be_watched(world: SimpleNamespace) -> None:
    tracker = followed(world, 8)
    seen = tracker.satellites(world.tai(40.0))
    assert seen.numbers.tolist() == sorted(t.catalogue_number or 0 for t in confirmed(tracker))
    rows = world.known.rows_of(seen.numbers)
    assert np.linalg.norm(seen.x[:, :3] - world.truth.at(world.tai(40.0), rows)[:, :3], axis=1).max() < 20e3
    assert all(track.catalogue_number is None for track in tracker.tracks(satellites=False))


def crossing(world: SimpleNamespace, row: int, at_scan: int, scans: int) -> Floats:
    """States of a launched object that meets a satellite at one scan, 300 m off, climbing at 3.5 km/s."""
    meeting = world.truth.at(world.tai(STEP_S * at_scan), np.array([row]))[0]
    up = meeting[:3] / np.linalg.norm(meeting[:3])
    level = np.cross(up, [0.0, 0.0, 1.0])
    start = np.concatenate([meeting[:3] + 300.0 * level, 3000.0 * up + 1800.0 * level])
    before = world.flown(start, np.array([-STEP_S * at_scan]))[-1] if at_scan else start
    return world.flown(before, STEP_S * np.arange(scans))


def central(world: SimpleNamespace, seconds: float) -> int:
    """Row of a satellite in the middle of the field."""
    rows, x = in_field(world, seconds)
    z = predict(world.SOUTH, x[:, :3])
    return int(rows[np.argmin(np.abs(z[:, 1] - np.radians(160)) + np.abs(z[:, 2] - 0.6))])


def test_a_launch_that_crosses_a_satellite_keeps_its_track_and_leaves_the_satellite_its_own(
    world: SimpleNamespace,
) -> None:
    row = central(world, 50.0)
    launched = crossing(world, row, 10, 20)
    tracker = followed(world, 20, launched)
    strangers = [track for track in confirmed(tracker) if track.catalogue_number is None]
    assert len(strangers) == 1
    assert world.nees(strangers[0].x, strangers[0].P, launched[-1]) < 40.0
    assert strangers[0].first_plot_tai_ns <= world.tai(10.0)
    met = [track for track in tracker.tracks() if track.catalogue_number == world.numbers[row]]
    assert [world.nees(t.x, t.P, world.truth.at(t.time_tai_ns, np.array([row]))[0]) < 40.0 for t in met] == [True]


def test_a_launch_first_seen_where_an_unseen_satellite_should_be_is_let_go_with_the_next_scan(
    world: SimpleNamespace,
) -> None:
    row = central(world, 0.0)
    launched = crossing(world, row, 0, 12)
    tracker = followed(world, 12, launched, leave_out=row)
    strangers = [track for track in confirmed(tracker) if track.catalogue_number is None]
    assert len(strangers) == 1
    assert world.nees(strangers[0].x, strangers[0].P, launched[-1]) < 40.0


def test_the_uncertainty_of_elements_holds_what_they_are_off_by_and_not_much_more(world: SimpleNamespace) -> None:
    rows = np.arange(len(world.numbers))
    off = world.known.away(world.truth.at(world.tai(0.0)), np.zeros((len(rows), 6, 6)), rows, world.tai(0.0))
    assert np.mean(off < 27.86) > 0.999  # the gate of six degrees of freedom that lets 0.9999 pass
    assert 1.0 < np.mean(off) < 6.0  # six if the law were known exactly: it is believed a little wider


def aged(world: SimpleNamespace, days: float) -> tuple[Catalogue, ShortArcs]:
    """The same sky, its elements so many days older, and the truth of it."""
    given = ElementsGiven()
    text = [element(each, days) for each in world.known.catalogue.elements[:300]]
    return catalogue_of(text), ShortArcs(catalogue_of(displaced(text, given, np.random.default_rng(1))))


def element(each: MeanElements, days: float) -> MeanElements:
    from dataclasses import replace

    from jointwatch.earth.timescale import tai_ns_from_utc, utc_from_tai_ns

    return replace(each, epoch=utc_from_tai_ns(tai_ns_from_utc(each.epoch) - round(days * 86_400e9), digits=9))


def test_a_satellite_of_old_elements_is_told_by_its_orbit_wherever_it_is_on_it(world: SimpleNamespace) -> None:
    published, truth = aged(world, 25.0)
    known, now = Known(published), world.tai(0.0)
    rows = np.arange(len(published))
    x = truth.at(now)
    P = np.broadcast_to(np.diag([500.0**2] * 3 + [5.0**2] * 3), (len(x), 6, 6))
    assert np.all(known.along_sigma_m(now, rows) > known.errors.placed_within_m)
    assert np.median(np.linalg.norm(x[:, :3] - known.arcs.at(now)[:, :3], axis=1)) > 20e3
    assert np.mean(known.away(x, P, rows, now) < 27.86) > 0.98
    others = np.roll(rows, 1)  # each against the next one's orbit
    assert np.mean(known.away(x, P, others, now) < 27.86) == 0.0


def test_a_track_that_began_as_a_stranger_gets_its_name_and_a_wrong_name_is_taken_back(world: SimpleNamespace) -> None:
    tracker = followed(world, 10)
    bank = tracker._file.bank
    wrong = {
        int(name): int(number) for name, number in zip(bank.column(NAME), bank.column(KNOWN), strict=True) if number
    }
    bank.column(KNOWN)[bank.column(KNOWN) > 0] = world.numbers[0]
    rng = np.random.default_rng(4)
    for k in range(10, 24):
        x = in_field(world, STEP_S * k)[1]
        tracker.scan(world.seen((world.SOUTH, "gabala"), STEP_S * k, x, rng, sigma=SIGMA, pd=0.9, false=3))
    now = {int(track.id[2:]): track for track in confirmed(tracker) if int(track.id[2:]) in wrong and track.plots > 18}
    assert len(now) > 10
    assert all(track.catalogue_number == wrong[name] for name, track in now.items())


def test_a_satellite_that_left_its_track_is_put_back_where_the_catalogue_has_it(world: SimpleNamespace) -> None:
    tracker = followed(world, 8)
    bank = tracker._file.bank
    count, names = len(confirmed(tracker)), {t.catalogue_number for t in confirmed(tracker)}
    bank.numbers[: len(bank), 0:3] += 60e3  # every track astray, both modes
    bank.numbers[: len(bank), 7:10] += 60e3
    rng = np.random.default_rng(4)
    for k in range(8, 12):
        x = in_field(world, STEP_S * k)[1]
        tracker.scan(world.seen((world.SOUTH, "gabala"), STEP_S * k, x, rng, sigma=SIGMA))
    assert count <= len(confirmed(tracker))
    assert len(names & {t.catalogue_number for t in confirmed(tracker)}) > 0.8 * len(names)
    assert None not in {t.catalogue_number for t in confirmed(tracker)}


def test_pairs_are_the_same_however_many_are_looked_at_at_once(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, now = np.random.default_rng(5), world.tai(0.0)
    above = world.known.above(world.SOUTH, now)
    true = predict(world.SOUTH, above.x[:, :3])
    z = np.repeat(true[true[:, 2] > 0.0], 3, axis=0)
    z += rng.normal(0.0, SIGMA, z.shape)
    z = z[np.argsort(z[:, 0])]
    sigma, found = np.broadcast_to(SIGMA, z.shape), []
    for at_once in (1 << 40, 100):
        monkeypatch.setattr(known, "_PAIRS_AT_ONCE", at_once)
        found.append(world.known._near(world.SOUTH, above, z, sigma, 25.0))
    assert len(found[0][0]) >= len(z)
    np.testing.assert_array_equal(found[0], found[1])
