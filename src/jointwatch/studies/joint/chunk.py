"""One chunk of a study: what every sensor and every view makes of some flights of one cell, a row for each flight.

A pure function of the study and the chunk's number; chunks have a fixed size, whoever works on them, so that a study is
the same to the bit for any number of workers. One thread a chunk. The rows serve statements about whole cells; nothing
here orders flights or looks for one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jointwatch.assessment.bound.flights import Known
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.sensors.looks import LookTable, detection_probability, table
from jointwatch.sensors.visibility import in_straight_lines
from jointwatch.studies.bundle import paths
from jointwatch.studies.joint.bounds import AFTER_S, errors
from jointwatch.studies.joint.deployment import Deployment, deploy
from jointwatch.studies.joint.elements import packaged, sums
from jointwatch.studies.joint.file import Study, StudyError
from jointwatch.studies.joint.held import Held
from jointwatch.studies.joint.launches import Cell, Flown, cells, flown
from jointwatch.studies.joint.sites import needed, sites_of
from jointwatch.studies.vehicles import rcs_spread_db, vehicle_class

SIZE = 500
STEP_S = 5.0
_AWAY = {"lower": -1.0, "mean": 0.0, "higher": 1.0}
Shorts = NDArray[np.int16]
Singles = NDArray[np.float32]
Halves = NDArray[np.float16]
_FARTHEST_M = 2.0e7


@dataclass(frozen=True, eq=False)
class Columns:
    """What m sensors and v views make of k flights; steps are of STEP_S seconds from launch, -1 for never.

    flight_time_s (k,): from ignition to impact; range_km, apogee_km (k,). detected (m, k): probability of at least one
    detection; first (m, k): step at which it reaches one half; held (m, k): steps in which one look detects with
    probability one half. detected_by, first_by, gap, longest_gap, held_by, hand_overs (v, k): of any sensor of a view;
    gap: steps in which none holds the flight, between two in which one does; held_by: steps in which one does.
    launch_error_km, impact_error_km (a, d, k), to three digits: least root mean square at the times `bounds.AFTER_S`
    after the first detection by the distinct views (d); infinite where it cannot be known, NaN where nothing is seen,
    or the flight is over. class_known (d, k): step.
    package_sum, package_square (g, q, f, 1): see `elements.sums`, of all k flights. needed_speed (s, d, k): m/s, from
    each site, for each of the plan's distinct views; infinite where the view never tracked the flight.
    """

    flight_time_s: Singles
    range_km: Singles
    apogee_km: Singles
    detected: Singles
    first: Shorts
    held: Shorts
    detected_by: Singles
    first_by: Shorts
    held_by: Shorts
    gap: Shorts
    longest_gap: Shorts
    hand_overs: Shorts
    launch_error_km: Halves
    impact_error_km: Halves
    class_known: Shorts
    package_sum: Floats
    package_square: Floats
    needed_speed: Singles

    def __len__(self) -> int:
        return len(self.flight_time_s)


COLUMNS = tuple(field.name for field in fields(Columns))


class Plan:
    """A study made ready: its cells, sensors and views, and how it is cut into chunks. Made once in each worker."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.cells: tuple[Cell, ...] = cells(study)
        held = deploy(study)
        self.package, sensors = packaged(study, held)
        self.sites = sites_of(study)
        self.deployment: Deployment = replace(held, sensors=sensors)
        self._looked_for_cross_sections()

    def __len__(self) -> int:
        return len(self.cells) * self.chunks_of_a_cell

    @property
    def chunks_of_a_cell(self) -> int:
        """How many chunks each cell is cut into."""
        return -(-self.study.count // SIZE)

    def part(self, number: int) -> tuple[Cell, int, int]:
        """Return the cell of a chunk, and from which to before which of its sequence it goes."""
        cell, begin = self.cells[number // self.chunks_of_a_cell], number % self.chunks_of_a_cell * SIZE
        return cell, begin, min(begin + SIZE, self.study.count)

    @cached_property
    def looks(self) -> LookTable | None:
        """The sensors as arrays, seen along straight lines; None where there are none."""
        sensors = self.deployment.sensors
        return table([in_straight_lines(sensor.radar) for sensor in sensors]) if sensors else None

    @cached_property
    def looks_in_a_step(self) -> Floats:
        """How often each sensor (m,) looks in a step of time."""
        return np.array([STEP_S / sensor.radar.revisit_s for sensor in self.deployment.sensors])

    @cached_property
    def distinct(self) -> tuple[tuple[int, ...], ...]:
        """The views' sensors, each combination once: architectures and parties often have the same."""
        return tuple(dict.fromkeys(view.sensors for view in self.deployment.views))

    @cached_property
    def view_of(self) -> tuple[int, ...]:
        """For each view, which of the distinct ones it is."""
        return tuple(self.distinct.index(view.sensors) for view in self.deployment.views)

    @cached_property
    def sets(self) -> Ints:
        """The sensors of the distinct views (d, most), -1 after the last."""
        most = max(map(len, self.distinct), default=0)
        rows = [[*some, *(-1,) * (most - len(some))] for some in self.distinct]
        return np.array(rows, dtype=np.int64).reshape(len(rows), most)

    @cached_property
    def members(self) -> Bools:
        """Whether each sensor is in each distinct view (d, m)."""
        held = np.zeros((len(self.distinct), len(self.deployment.sensors)), dtype=np.bool_)
        for row, some in zip(held, self.distinct, strict=True):
            row[list(some)] = True
        return held

    def cross_sections(self, vehicle: str) -> Floats:
        """Mean cross-section (m,) that each sensor looks at."""
        values, spread = vehicle_class(vehicle).rcs_m2, rcs_spread_db(vehicle)
        return np.array([values[s.radar.band] * 10 ** (_AWAY[s.rcs] * spread / 10) for s in self.deployment.sensors])

    def _looked_for_cross_sections(self) -> None:
        bands = {sensor.radar.band: sensor.radar.name for sensor in self.deployment.sensors}
        for vehicle in dict.fromkeys(cell.vehicle for cell in self.cells):
            for band in sorted(set(bands) - set(vehicle_class(vehicle).rcs_m2)):
                raise StudyError(
                    f"launches: {vehicle!r} has no cross-section in band {band}, in which {bands[band]!r} looks; "
                    "take another class"
                )


def chunk(plan: Plan, number: int) -> Columns:
    """Return the columns of a chunk by its number."""
    cell, begin, end = plan.part(number)
    return watched(plan, cell, flown(cell, begin, end, seed=plan.study.seed))


def watched(plan: Plan, cell: Cell, flights: Flown) -> Columns:
    """Return what the sensors and views of a plan make of flights of a cell."""
    k, m, views = len(flights), len(plan.deployment.sensors), plan.distinct
    held = Held.empty(m, len(views), k)
    known = Known(*(np.full((len(AFTER_S), len(views), k), np.nan),) * 2, held.first_by.copy())
    if not k or plan.looks is None:
        nowhere, unseen = np.full((k, 0, 3), np.nan), np.zeros((m, k, 0), dtype=np.float32)
        return _columns(plan, flights, held, known, nowhere, unseen)
    path = paths(flights.flights, slice(0, k), step_s=STEP_S)
    r, rcs_m2 = path.r_m, plan.cross_sections(cell.vehicle)
    probability = detection_probability(plan.looks, r, rcs_m2, threads=1)
    held.fill(probability, plan.looks_in_a_step, plan.sets)
    known = errors(
        flights.flights,
        path,
        watch=plan.looks,
        radars=[sensor.radar for sensor in plan.deployment.sensors],
        rcs_m2=rcs_m2,
        probability=probability,
        looks_in_a_step=plan.looks_in_a_step,
        sets=plan.members,
        first=held.first_by,
        step_s=STEP_S,
    )
    return _columns(plan, flights, held, known, r, probability)


def _columns(plan: Plan, flights: Flown, held: Held, known: Known, r_m: Floats, probability: Singles) -> Columns:
    every = list(plan.view_of)

    def short(values: NDArray[np.int64]) -> Shorts:
        return values.astype(np.int16)

    return Columns(
        flight_time_s=flights.flight_time_s.astype(np.float32),
        range_km=(flights.range_m / 1e3).astype(np.float32),
        apogee_km=(_apogee_m(r_m) / 1e3).astype(np.float32),
        detected=held.detected.astype(np.float32),
        first=short(held.first),
        held=short(held.held),
        detected_by=held.detected_by[every].astype(np.float32),
        first_by=short(held.first_by[every]),
        held_by=short(held.held_by[every]),
        gap=short(held.gap[every]),
        longest_gap=short(held.longest_gap[every]),
        hand_overs=short(held.hand_overs[every]),
        launch_error_km=_halves(known.launch_m),
        impact_error_km=_halves(known.impact_m),
        class_known=short(known.class_step),
        **_asked(plan, flights, held.first_by, r_m, probability),
    )


def _asked(plan: Plan, flights: Flown, first: Ints, r_m: Floats, probability: Singles) -> dict[str, Any]:
    """What a study may ask besides: of its package, and of its sites."""
    total = squares = np.zeros((0, 0, 0, 1))
    if plan.package is not None:
        total, squares = sums(plan.package, probability, plan.looks_in_a_step, flights.flight_time_s, step_s=STEP_S)
    speeds = needed(plan.sites, r_m, first, step_s=STEP_S).astype(np.float32)
    return {"package_sum": total, "package_square": squares, "needed_speed": speeds}


def _apogee_m(r_m: Floats) -> Floats:
    """Greatest heights (k,) of flights at positions (k, t, 3), to what they change in half a step."""
    if not r_m.size:
        return np.zeros(len(r_m))
    top = np.nan_to_num(np.einsum("kti,kti->kt", r_m, r_m)).argmax(axis=1)
    return np.asarray(geodetic_from_ecef(r_m[np.arange(len(r_m)), top])[2])


def _halves(metres: Floats) -> Halves:
    """Kilometres to three digits; what is more than any place on Earth is far from another is not known."""
    return np.where(metres > _FARTHEST_M, np.inf, metres / 1e3).astype(np.float16)
