"""How far is a flight to the ground from what its sources say, and how far are these from the world?

    python design/flight_accuracy.py     # three minutes of one core

prints the tables of docs/method/flight.md; tests/flight/test_accuracy.py holds the page to them.
1. Code against its source, in 15 regimes: how many flights do not go in lanes, in `exp` and `us76`; places of impact as
   they come, in `exp` against heyoka's flights of the textbook's equations (tests/oracles/coast_impacts.csv), in `us76`
   against SciPy's DOP853 at 1e-12 with steps of 5 s at most; places on paths, between nodes too, against the
   integrator asked for each time, the worse of both models. Beside it, model against the world, what a tenth more air
   does to the same flights.
2. Model against the world: what moves the impacts of 10,000 ordinary arcs (from 100 km, 2 to 7 km/s, 25 to 55 degrees
   over the horizon, 5,000 kg/m^2), one thing changed at a time. By our own flights in `us76`, but for what `flight`
   has no name for: winds by SciPy, gravity of other forms by heyoka and without air, each against its own flights.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import heyoka as hy
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, J3, J4, OMEGA_RAD_S, ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.height import height_m
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.itinerary import to_ground
from jointwatch.flight.model import EXP, US76, Model
from jointwatch.flight.trajectories import fly

Floats = NDArray[np.float64]
Impacts = tuple[Floats, Floats]
World = tuple[str, Floats, Floats]
Wind = Callable[[Floats], Floats]
ORACLE = Path(__file__).parents[1] / "tests" / "oracles" / "coast_impacts.csv"
LONG_S = 1e5  # every arc here is down by then
BETA_KG_M2 = 5000.0
ARCS, FEWER, FEW = 10_000, 4_000, 400  # FEWER where heyoka flies, FEW where SciPy does
LOOKS = 400  # at each path
DEGREE = 24  # and order of the whole field; from 12 to 24 the median moves by 5 m
MOON, SUN = (4.9028e12, 3.844e8), (1.32712e20, 1.496e11)  # GM, m^3/s^2, and distance, m


# --- flights -------------------------------------------------------------------------------------------------------


def ordinary(count: int) -> Floats:
    """States (count, 6) as the study of propagators drew them."""
    rng = np.random.default_rng(5)
    latitude = np.arcsin(rng.uniform(-1, 1, count) * np.sin(np.pi / 3))
    longitude, azimuth = rng.uniform(-np.pi, np.pi, (2, count))
    angle, speed = np.deg2rad(rng.uniform(25, 55, count)), 1e3 * rng.uniform(2, 7, count)
    level = np.cos(angle)
    enu = speed[:, None] * np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(angle)], axis=-1)
    velocity = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
    return np.concatenate([ecef_from_geodetic(latitude, longitude, 100e3), velocity], axis=-1)


def ours(x: Floats, beta: float | Floats = BETA_KG_M2, model: Model = US76) -> Impacts:
    """Seconds (n,) and states (n, 6) of impacts."""
    time_s, there, _ = coast.impact_arrays(x, beta, LONG_S, model=model)
    return time_s, there


def by_scipy(x: Floats, beta: Floats, model: Model, wind: Wind | None = None) -> Impacts:
    """The same by SciPy, in a wind, Earth-fixed, if given."""
    flown = [_scipy_one(row, 1 / b, model, wind) for row, b in zip(x, beta, strict=True)]
    return np.array([t for t, _ in flown]), np.array([y for _, y in flown])


def _scipy_one(x: Floats, inverse_beta: float, model: Model, wind: Wind | None) -> tuple[float, Floats]:
    def slope(_: float, y: Floats) -> Floats:
        pull = np.array(acceleration(*y, inverse_beta, model.forces))
        if wind is not None:  # drag by what passes through the air, all else by what passes over the ground
            through = (*y[:3], *(y[3:] - wind(y[:3])))
            drag = np.subtract(
                acceleration(*through, inverse_beta, model.forces), acceleration(*through, 0.0, model.forces)
            )
            pull = np.array(acceleration(*y, 0.0, model.forces)) + drag
        return np.concatenate([y[3:], pull])

    def ground(_: float, y: Floats) -> float:
        return height_m(*y[:3])

    ground.terminal, ground.direction = True, -1  # type: ignore[attr-defined]
    tight = {"method": "DOP853", "rtol": 1e-12, "atol": [1e-6] * 3 + [1e-9] * 3, "max_step": 5.0}
    found = solve_ivp(slope, (0.0, LONG_S), x, events=ground, **tight)
    return found.t_events[0][0], found.y_events[0][0]


def in_vacuum(x: Floats, pulls: Callable[[list[hy.expression]], list[hy.expression]]) -> Impacts:
    """The same by heyoka without air, in a gravity of any form, Earth-fixed."""
    names = ["x", "y", "z", "vx", "vy", "vz"]
    variables = hy.make_vars(*names)
    r, v = list(variables[:3]), list(variables[3:])
    ax, ay, az = pulls(r)
    ax, ay = ax + 2 * OMEGA_RAD_S * v[1] + OMEGA_RAD_S**2 * r[0], ay - 2 * OMEGA_RAD_S * v[0] + OMEGA_RAD_S**2 * r[1]
    step = hy.taylor_adaptive(
        [*zip(r, v, strict=True), *zip(v, (ax, ay, az), strict=True)], [1.0] * 6, tol=1e-12, compact_mode=True
    )
    times, states = ours(x, np.inf)
    for i, guess in enumerate(times):
        step.time, step.state[:], t = 0.0, x[i], guess
        for _ in range(3):
            step.propagate_until(t)
            latitude, longitude, height = geodetic_from_ecef(step.state[:3])
            t -= height / (enu_basis(latitude, longitude)[2] @ step.state[3:])
        step.propagate_until(t)
        times[i], states[i] = t, step.state
    return times, states


def zonal_to_four(r: list[hy.expression]) -> list[hy.expression]:
    """The pull that `flight.model.US76` has, by heyoka's own derivatives of its potential."""
    length = hy.sqrt(r[0] ** 2 + r[1] ** 2 + r[2] ** 2)
    s, a = r[2] / length, A_M / length
    bulge = J2 * a**2 * (3 * s**2 - 1) / 2 + J3 * a**3 * (5 * s**3 - 3 * s) / 2
    bulge += J4 * a**4 * (35 * s**4 - 30 * s**2 + 3) / 8
    return [hy.diff(GM_M3_S2 / length * (1 - bulge), q) for q in r]


def whole_field(r: list[hy.expression]) -> list[hy.expression]:
    """The pull of EGM2008 to a degree and order."""
    return hy.model.egm2008_acc(r, n=DEGREE, m=DEGREE)


def with_moon_and_sun(r: list[hy.expression]) -> list[hy.expression]:
    """`zonal_to_four`, and the tides of moon and sun in one line over the equator, where they pull most."""
    turn = OMEGA_RAD_S * hy.time
    line = [hy.cos(turn), -hy.sin(turn), 0.0]
    along = r[0] * line[0] + r[1] * line[1]
    tide = sum(gm / distance**3 for gm, distance in (MOON, SUN))
    return [pull + tide * (3 * along * e - q) for pull, q, e in zip(zonal_to_four(r), r, line, strict=True)]


# --- code against its source ---------------------------------------------------------------------------------------


def regimes() -> dict[str, Floats]:
    """Rows of heyoka's table by regime: ballistic coefficient, state, seconds and place of impact."""
    rows: dict[str, list[list[float]]] = {}
    for name, *values in list(csv.reader(ORACLE.read_text().splitlines()))[1:]:
        rows.setdefault(name, []).append([float(value) for value in values])
    return {name: np.array(values) for name, values in rows.items()}


def columns(table: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Ballistic coefficients (n,), states (n, 6), seconds (n,) and places (n, 3) of impact."""
    return table[:, 0].copy(), table[:, 1:7].copy(), table[:, 7], table[:, 8:]


def off_on_paths(x: Floats, beta: Floats) -> float:
    """The greatest distance, metres, of paths from what the integrator says at the same times."""
    return max(float(_off_on_paths(x, beta, model).max()) for model in (EXP, US76))


def _off_on_paths(x: Floats, beta: Floats, model: Model) -> Floats:
    paths = fly(Ecef(x), beta_kg_m2=beta, horizon_s=LONG_S, model=model)
    times = paths.end_s[:, None] * np.linspace(0, 1 - 1e-9, LOOKS)
    rows = zip(x, times, beta, strict=True)
    truth = [coast.trajectory(Ecef(one), t, beta_kg_m2=b, model=model).r_m for one, t, b in rows]
    return np.asarray(np.linalg.norm(paths.at(times)[..., :3] - np.stack(truth), axis=-1))


def one_by_one(x: Floats, beta: Floats, model: Model) -> float:
    """The share of flights that lanes leave to `integration`."""
    return float(to_ground(x, 1 / beta, model, coast.TOLERANCE_M)[2].mean())


def off_heyoka(table: Floats) -> Floats:
    """Metres (n,) between impacts in `exp` and heyoka's."""
    beta, x, _, place = columns(table)
    return distances(ours(x, beta, EXP)[1][:, :3] - place)


def off_scipy(table: Floats) -> Floats:
    """Metres (n,) between impacts in `us76` and SciPy's."""
    beta, x, _, _ = columns(table)
    return distances((ours(x, beta)[1] - by_scipy(x, beta, US76)[1])[:, :3])


def by_density(table: Floats) -> Floats:
    """Metres (n,) by which a tenth more air moves impacts in `us76`."""
    beta, x, _, _ = columns(table)
    return distances((ours(x, beta / 1.1)[1] - ours(x, beta)[1])[:, :3])


def regime_row(name: str, table: Floats) -> str:
    """One regime's row of the first table: percents, millimetres off heyoka and SciPy, metres on paths and by air."""
    beta, x, _, _ = columns(table)
    alone = " / ".join(f"{100 * one_by_one(x, beta, model):.0f}" for model in (EXP, US76))
    off, paths = [two(1e3 * off) for off in (off_heyoka(table), off_scipy(table))], number(off_on_paths(x, beta))
    return f"| {name} | {alone} | {' | '.join(off)} | {paths} | {two(by_density(table))} |"


# --- model against the world ---------------------------------------------------------------------------------------


def worlds(count: int = ARCS) -> Iterator[World]:
    """What is changed, how far impacts then are, metres (n,), and how much later, seconds (n,): by our own flights."""
    x = ordinary(count)
    base, vacuum = ours(x), ours(x, np.inf)
    up = enu_basis(*geodetic_from_ecef(x[:, :3])[:2])[:, 2]
    ahead = unit(x[:, 3:])
    aside = unit(np.cross(ahead, up))

    def pushed(direction: Floats) -> Impacts:
        return ours(np.concatenate([x[:, :3], x[:, 3:] + direction], axis=1))

    yield apart("a tenth more density", ours(x, BETA_KG_M2 / 1.1), base)
    yield apart("a tenth less ballistic coefficient", ours(x, 0.9 * BETA_KG_M2), base)
    yield apart("the air of `exp`", ours(x, model=Model("", US76.zonal, "exp")), base)
    yield apart("no air", vacuum, base)
    yield apart("1 m/s more at the start, ahead", pushed(ahead), base)
    yield apart("1 m/s more, up across the path", pushed(np.cross(aside, ahead)), base)
    yield apart("1 m/s more, aside", pushed(aside), base)
    yield apart("without J3 and J4", ours(x, model=Model("", (J2, 0.0, 0.0), "us76")), base)
    yield apart("without J2 to J4", ours(x, model=Model("", (0.0, 0.0, 0.0), "us76")), base)
    yield apart("an Earth at rest, without air", still(x), vacuum)
    yield "ground 100 m higher", *higher(base[1], 100.0)


def apart(name: str, flown: Impacts, than: Impacts) -> World:
    """How far and how much later impacts are than others."""
    return name, distances((flown[1] - than[1])[:, :3]), flown[0] - than[0]


def still(x: Floats) -> Impacts:
    """Impacts without air on an Earth at rest: the same velocity among the stars, the place not turned."""
    spin = OMEGA_RAD_S * np.stack([-x[:, 1], x[:, 0], 0 * x[:, 0]], axis=1)
    time_s, there = ours(np.concatenate([x[:, :3], x[:, 3:] - spin], axis=1), np.inf)
    c, s = np.cos(OMEGA_RAD_S * time_s), np.sin(OMEGA_RAD_S * time_s)
    turned = np.stack([c * there[:, 0] - s * there[:, 1], s * there[:, 0] + c * there[:, 1], there[:, 2]], axis=1)
    return time_s, np.concatenate([turned, there[:, 3:]], axis=1)


def higher(there: Floats, height_m: float) -> Impacts:
    """How far and how much sooner impacts are where the ground is higher: the last way is taken for straight."""
    up = enu_basis(*geodetic_from_ecef(there[:, :3])[:2])[:, 2]
    climb = np.einsum("ni,ni->n", up, there[:, 3:])
    level = np.sqrt(np.maximum((there[:, 3:] ** 2).sum(axis=1) - climb**2, 0.0))
    return height_m * level / -climb, height_m / climb


def eastward(speed_m_s: float) -> Wind:
    """A wind from the west, the same at all heights."""
    return lambda r: speed_m_s * np.array([-r[1], r[0], 0.0]) / np.hypot(r[0], r[1])


def jet(r: Floats) -> Floats:
    """A jet stream of 50 m/s, 10 km thick."""
    return eastward(50.0 * max(0.0, 1 - abs(height_m(*r) - 11e3) / 5e3))(r)


def at_rest(r: Floats) -> Floats:
    """The wind of air that does not turn with the Earth."""
    return OMEGA_RAD_S * np.array([r[1], -r[0], 0.0])


def other_worlds() -> Iterator[World]:
    """The same by SciPy and heyoka, of what `flight` has no name for."""
    x, beta = ordinary(FEW), np.full(FEW, BETA_KG_M2)
    calm = by_scipy(x, beta, US76)
    yield apart("10 m/s of wind from the west", by_scipy(x, beta, US76, eastward(10.0)), calm)
    yield apart("50 m/s from the west at 11 km, none over 16 and under 6", by_scipy(x, beta, US76, jet), calm)
    yield apart("air that does not turn", by_scipy(x, beta, US76, at_rest), calm)
    x = ordinary(FEWER)
    plain = in_vacuum(x, zonal_to_four)
    yield apart(f"EGM2008 to degree {DEGREE}", in_vacuum(x, whole_field), plain)
    yield apart("moon and sun, both overhead", in_vacuum(x, with_moon_and_sun), plain)


# --- words ---------------------------------------------------------------------------------------------------------


def distances(off: Floats) -> Floats:
    """Lengths (n,) of vectors (n, 3)."""
    return np.linalg.norm(off, axis=1)


def unit(v: Floats) -> Floats:
    """Directions (n, 3) of vectors."""
    return v / distances(v)[:, None]


def number(value: float) -> str:
    """A value in two figures, without an exponent."""
    digits = 1 - int(np.floor(np.log10(abs(value)))) if value else 0
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def two(values: Floats) -> str:
    """Median and largest."""
    return f"{number(float(np.median(values)))} / {number(float(values.max()))}"


def world_row(name: str, off_m: Floats, later_s: Floats) -> str:
    """One row of the second table: distance, metres, median, of one in twenty, largest; delay, seconds, largest."""
    cells = [np.median(off_m), np.quantile(off_m, 0.95), off_m.max(), np.abs(later_s).max()]
    return f"| {name} | {' | '.join(number(float(cell)) for cell in cells)} |"


def main() -> None:
    """Print the answer."""
    for name, table in regimes().items():
        print(regime_row(name, table), flush=True)
    print()
    for row in (*worlds(), *other_worlds()):
        print(world_row(*row), flush=True)


if __name__ == "__main__":
    main()
