"""Arcs between places of the turning Earth: against an integrator that shares nothing with them, and against laws."""

from __future__ import annotations

import inspect
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import A_M, E2, GM_M3_S2, J2, OMEGA_RAD_S, geodetic_from_ecef
from jointwatch.flight import arcs
from jointwatch.flight.boost import BoostProfile

A_KILOMETRE = 1_000.0
SHORT, MEDIUM, LONG = (BoostProfile(T, 0.41, 0.34) for T in (60.0, 110.0, 250.0))
SEMNAN = {"latitude_rad": np.deg2rad(35.2347), "longitude_rad": np.deg2rad(53.921)}


def fallen(pos_vel: np.ndarray, seconds: float) -> tuple[float, float, float, float]:
    """Impact latitude, longitude, time and apogee by SciPy in axes at rest; the Earth is turned back."""

    def rate(_: float, y: np.ndarray) -> np.ndarray:
        r2 = y[:3] @ y[:3]
        bulge = 1.5 * J2 * A_M**2 / r2
        share = np.array([1.0, 1.0, 3.0]) - 5 * y[2] ** 2 / r2
        return np.concatenate([y[3:], -GM_M3_S2 / r2**1.5 * y[:3] * (1 + bulge * share)])

    def above(_: float, y: np.ndarray) -> float:  # zero on the ellipsoid, of the sign of the height
        return float((y[0] ** 2 + y[1] ** 2) / A_M**2 + y[2] ** 2 / (A_M**2 * (1 - E2)) - 1)

    above.terminal, above.direction = True, -1  # type: ignore[attr-defined]
    spin = np.array([0.0, 0.0, OMEGA_RAD_S])
    start = np.concatenate([pos_vel[:3], pos_vel[3:] + np.cross(spin, pos_vel[:3])])
    done = solve_ivp(rate, (0, seconds), start, method="Radau", events=above, rtol=1e-10, atol=1e-3, dense_output=True)
    end, turned = done.y_events[0][0], OMEGA_RAD_S * done.t_events[0][0]
    latitude = np.arctan2(end[2], (1 - E2) * np.hypot(end[0], end[1]))
    longitude = np.arctan2(end[1], end[0]) - turned
    path = done.sol(np.linspace(0, done.t[-1], 4001))
    heights = geodetic_from_ecef(path[:3].T)[2]  # heights do not mind the turning
    return float(latitude), float(longitude), float(done.t_events[0][0]), float(heights.max())


@pytest.mark.parametrize(
    ("profile", "end_deg", "wanted"),
    [
        (MEDIUM, (25.0, 65.0), {}),
        (MEDIUM, (36.0, 50.0), {}),
        (LONG, (38.9, -77.0), {}),  # the debate's own: Semnan to Washington
        (LONG, (52.5, 13.4), {"apogee_m": 3000e3}),
        (LONG, (35.0, 45.0), {"apogee_m": 6500e3}),
        (SHORT, (33.0, 55.0), {"apogee_m": 40e3}),
        (MEDIUM, (41.0, 29.0), {"flight_time_s": 1500.0}),
        (LONG, (-20.0, 100.0), {"flight_time_s": 1800.0}),
    ],
)
def test_an_integrator_that_shares_nothing_falls_where_and_when_was_asked(
    profile: BoostProfile, end_deg: tuple[float, float], wanted: dict[str, float]
) -> None:
    end = np.deg2rad(end_deg)
    arc = arcs.between(profile, **SEMNAN, end_latitude_rad=end[0], end_longitude_rad=end[1], **wanted)
    latitude, longitude, seconds, apogee = fallen(arc.burnout.pos_vel[0], 9000.0)
    assert geodesic.inverse(end[0], end[1], latitude, longitude)[0] < A_KILOMETRE
    assert seconds + profile.burn_time_s == pytest.approx(arc.flight_time_s[0], abs=0.05)
    assert apogee == pytest.approx(arc.apogee_m[0], abs=30.0)
    assert apogee == pytest.approx(wanted.get("apogee_m", apogee), abs=A_KILOMETRE)
    assert arc.flight_time_s[0] == pytest.approx(wanted.get("flight_time_s", arc.flight_time_s[0]), abs=1.0)


def off(found: arcs.Arcs, end: tuple[np.ndarray, ...]) -> np.ndarray:
    return geodesic.inverse(end[0], end[1], found.impact_latitude_rad, found.impact_longitude_rad)[0]


@pytest.mark.parametrize(
    ("profile", "least_km", "most_km"), [(SHORT, 100, 1000), (MEDIUM, 500, 3000), (LONG, 3000, 16000)]
)
@pytest.mark.parametrize("kind", ["least", "apogee", "time"])
def test_a_thousand_arcs_anywhere_all_end_within_a_kilometre(
    profile: BoostProfile, least_km: float, most_km: float, kind: str
) -> None:
    rng = np.random.default_rng(17)
    latitude = np.arcsin(rng.uniform(-1, 1, 1000))
    longitude, bearing = rng.uniform(-np.pi, np.pi, (2, 1000))
    distance = 1e3 * rng.uniform(least_km, most_km, 1000)
    height = arcs.minimum_energy(distance)[2] * 10 ** rng.uniform(-0.3, 1.0, 1000)
    seconds = profile.burn_time_s + arcs.minimum_energy(distance)[3] * rng.uniform(1.0, 3.0, 1000)
    wanted = {"least": {}, "apogee": {"apogee_m": height}, "time": {"flight_time_s": seconds}}[kind]
    found = arcs.along(
        profile, latitude_rad=latitude, longitude_rad=longitude, bearing_rad=bearing, distance_m=distance, **wanted
    )
    assert np.all(found.solved)
    assert np.max(off(found, geodesic.direct(latitude, longitude, bearing, distance))) < A_KILOMETRE
    assert np.max(np.abs(found.distance_m - distance)) < A_KILOMETRE
    if kind == "apogee":
        assert np.max(np.abs(found.apogee_m - height)) < A_KILOMETRE
    if kind == "time":
        assert np.max(np.abs(found.flight_time_s - seconds)) < 1.0


def test_no_arc_is_finer_than_a_kilometre() -> None:
    # all the places of one cell have one and the same arc, and there is nothing to ask for better
    metres = np.linspace(-400, 400, 9)
    step = 1_000.0 / 6_371_008.7714
    latitude = np.round(0.5 / step) * step + metres / 6_371_008.7714
    found = arcs.between(MEDIUM, **SEMNAN, end_latitude_rad=latitude, end_longitude_rad=1.1)
    assert len(set(found.burnout_speed_m_s)) == 1
    for function in (arcs.between, arcs.along):
        names = " ".join(inspect.signature(function).parameters)
        assert not any(word in names for word in ("tol", "accura", "precis", "radar", "coverage", "beta"))


def test_where_arcs_end_within_their_cells_is_not_sharp_either() -> None:
    rng = np.random.default_rng(3)
    end = np.deg2rad([rng.uniform(20, 40, 400), rng.uniform(50, 70, 400)])
    found = arcs.between(MEDIUM, **SEMNAN, end_latitude_rad=end[0], end_longitude_rad=end[1])
    assert 300 < np.median(off(found, end)) < 500


@pytest.mark.parametrize("height", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("bearing_deg", [0.0, 90.0, 180.0, 270.0])
def test_an_arc_by_its_apogee_is_the_arc_by_its_time(height: float, bearing_deg: float) -> None:
    where = {"bearing_rad": np.deg2rad(bearing_deg), "distance_m": 2000e3}
    by_apogee = arcs.along(MEDIUM, **SEMNAN, **where, apogee_m=height * 459e3)
    by_time = arcs.along(MEDIUM, **SEMNAN, **where, flight_time_s=float(by_apogee.flight_time_s[0]))
    assert by_time.apogee_m == pytest.approx(by_apogee.apogee_m, abs=4 * A_KILOMETRE)
    assert by_time.burnout_speed_m_s == pytest.approx(by_apogee.burnout_speed_m_s, rel=2e-3)


def test_least_speed_is_the_least_of_all_apogees() -> None:
    bearing = np.linspace(0, 2 * np.pi, 9)[:-1]
    least = arcs.along(MEDIUM, **SEMNAN, bearing_rad=bearing, distance_m=2500e3)
    share = np.linspace(0.6, 1.6, 21)[:, None]
    family = arcs.along(
        MEDIUM, **SEMNAN, bearing_rad=np.tile(bearing, (21, 1)), distance_m=2500e3, apogee_m=share * least.apogee_m
    )
    speeds = family.burnout_speed_m_s.reshape(21, 8)
    assert np.all(least.burnout_speed_m_s < speeds.min(axis=0) + 1.0)
    assert np.all((np.argmin(speeds, axis=0) > 4) & (np.argmin(speeds, axis=0) < 16))


def test_mirrored_about_the_equator_an_arc_is_its_mirror_image() -> None:
    north, south = (
        arcs.between(
            LONG, latitude_rad=sign * 0.6, longitude_rad=0.9, end_latitude_rad=sign * 0.2, end_longitude_rad=2.0
        )
        for sign in (1, -1)
    )
    assert south.flight_time_s == pytest.approx(north.flight_time_s, abs=0.3)
    assert np.cos(south.azimuth_rad) == pytest.approx(-np.cos(north.azimuth_rad), abs=1e-3)


def test_all_longitudes_are_alike() -> None:
    longitude = np.linspace(-np.pi, np.pi, 12)
    found = arcs.along(MEDIUM, latitude_rad=0.6, longitude_rad=longitude, bearing_rad=1.0, distance_m=2000e3)
    assert np.ptp(found.flight_time_s) < 1.0
    assert np.ptp(found.burnout_speed_m_s) < 3.0


def test_flying_east_takes_less_speed_than_flying_west() -> None:
    east, west = arcs.along(
        LONG, latitude_rad=0.0, longitude_rad=0.0, bearing_rad=[np.pi / 2, -np.pi / 2], distance_m=8000e3
    ).burnout_speed_m_s
    assert 300.0 < west - east < 2 * 465.1  # twice the ground's own speed at the equator, if all were level


def test_a_lofted_shot_is_aimed_ahead_of_the_turning_earth() -> None:
    # near rectilinear for more than an hour: the ground turns by 18 degrees, the burnout must lean far to the east
    arc = arcs.along(LONG, latitude_rad=0.0, longitude_rad=0.0, bearing_rad=0.0, distance_m=1000e3, apogee_m=6000e3)
    assert np.deg2rad(5) < arc.azimuth_rad[0] < np.deg2rad(60)


@settings(max_examples=40)
@given(
    latitude=st.floats(-1.57, 1.57), longitude=st.floats(-3.14, 3.14), bearing=st.floats(-3.14, 3.14),
    distance_km=st.floats(150, 15000), loft=st.floats(0.7, 8),
)  # fmt: skip
def test_any_launch_and_bearing_have_arcs_that_rise_in_time_with_their_apogees(
    latitude: float, longitude: float, bearing: float, distance_km: float, loft: float
) -> None:
    profile = SHORT if distance_km < 1000 else MEDIUM if distance_km < 4000 else LONG
    apogee = loft * arcs.minimum_energy(distance_km * 1e3)[2]
    found = arcs.along(
        profile, latitude_rad=latitude, longitude_rad=longitude, bearing_rad=bearing,
        distance_m=distance_km * 1e3, apogee_m=apogee * np.array([1.0, 1.15, 1.3]),
    )  # fmt: skip
    assert np.all(found.solved)
    assert np.all(np.diff(found.flight_time_s) > 0)
    assert np.max(off(found, geodesic.direct(latitude, longitude, bearing, distance_km * 1e3))) < A_KILOMETRE


@pytest.mark.parametrize(
    ("start_deg", "end_deg", "wanted"),
    [
        ((90.0, 0.0), (75.0, 20.0), {}),
        ((75.0, 0.0), (90.0, 20.0), {}),
        ((80.0, 0.0), (80.0, 180.0), {}),
        ((60.0, 179.0), (55.0, -170.0), {}),
        ((-89.0, 10.0), (-60.0, -100.0), {"apogee_m": 2000e3}),
        ((10.0, 0.0), (-9.5, 179.5), {}),
        ((10.0, 0.0), (-10.0, 180.0), {"apogee_m": 1300e3}),
        ((10.0, 0.0), (10.0, 0.0), {"apogee_m": 1300e3}),
        ((10.0, 0.0), (10.0, -18.5), {"apogee_m": 6600e3}),  # straight up past the stars
    ],
    ids=["from the pole", "to the pole", "over the pole", "date line", "south", "nearly antipodal", "antipodal",
         "up and back", "against the turning"],
)  # fmt: skip
def test_poles_date_line_antipodes_and_straight_up_have_their_arcs(
    start_deg: tuple[float, float], end_deg: tuple[float, float], wanted: dict[str, float]
) -> None:
    start, end = np.deg2rad(start_deg), np.deg2rad(end_deg)
    arc = arcs.between(
        MEDIUM, latitude_rad=start[0], longitude_rad=start[1], end_latitude_rad=end[0], end_longitude_rad=end[1],
        **wanted,
    )  # fmt: skip
    assert off(arc, (end[0], end[1])) < A_KILOMETRE


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"distance_m": -5.0}, "no arc 0: wanted finite places, and a distance that is positive"),
        ({"distance_m": 2.1e7}, "less than half around the Earth"),
        ({"distance_m": np.nan}, "wanted finite places"),
        ({"latitude_rad": np.inf}, "wanted finite places"),
        ({"latitude_rad": 1.7}, "latitudes must lie between"),
        ({"apogee_m": -1.0}, "apogee_m must be positive and finite"),
        ({"apogee_m": np.inf}, "apogee_m must be positive and finite"),
        ({"apogee_m": 4e7}, "the nearest stays up 6 h"),
        ({"apogee_m": 3e5, "flight_time_s": 900.0}, "give an apogee or a time"),
        ({"flight_time_s": 100.0}, "must be longer than the burn of 110 s"),
        ({"flight_time_s": 140.0}, "nothing that falls is so fast"),
        ({"flight_time_s": 3e4}, "flights of more than 6 h are not looked for"),
        ({"distance_m": 400.0}, "one place to 1 km; give an apogee or a time"),
    ],
)
def test_an_arc_that_cannot_be_is_refused_with_a_sentence(change: dict[str, float], sentence: str) -> None:
    asked = {**SEMNAN, "bearing_rad": 2.0, "distance_m": 1500e3, **change}
    with pytest.raises(ValueError, match=sentence):
        arcs.along(MEDIUM, **asked)


def test_of_many_the_one_that_cannot_be_is_named_and_the_others_are_there() -> None:
    found = arcs.along(
        MEDIUM, **SEMNAN, bearing_rad=[0.0, 1.0, np.nan, 2.0], distance_m=[1e6, 1e6, 1e6, -1.0],
        apogee_m=[np.nan, -3.0, np.nan, np.nan],
    )  # fmt: skip
    assert found.solved.tolist() == [True, False, False, False]
    assert np.isnan(found.flight_time_s).tolist() == [False, True, True, True]
    assert found.why(0) == ""
    assert found.why(1) == "no arc 1: apogee_m must be positive and finite, or NaN"
    with pytest.raises(ValueError, match="no arc 3: wanted finite places"):
        found.flown(3, [0.0])
    assert len(arcs.along(MEDIUM, **SEMNAN, bearing_rad=[], distance_m=1e6)) == 0


def test_a_profile_that_ends_in_orbit_is_refused() -> None:
    with pytest.raises(ValueError, match="not one that ends in orbit"):
        arcs.along(BoostProfile(400.0, None, 0.4, burnout_height_m=2e5), **SEMNAN, bearing_rad=1.0, distance_m=1e6)


def test_an_arc_can_be_flown_from_launch_to_impact() -> None:
    arc = arcs.along(MEDIUM, **SEMNAN, bearing_rad=2.5, distance_m=1500e3)
    flown = arc.flown(0, np.arange(0.0, 3000.0, 5.0))
    heights = geodetic_from_ecef(flown.states.r_m)[2]
    assert flown.impact_time_s == pytest.approx(arc.flight_time_s[0])
    assert heights.max() == pytest.approx(arc.apogee_m[0], abs=500)
    assert heights[0] == pytest.approx(0.0, abs=1e-3)


def test_ten_thousand_arcs_take_seconds() -> None:
    rng = np.random.default_rng(5)
    asked = {
        "latitude_rad": rng.uniform(-1, 1, 10_000), "longitude_rad": 0.0, "bearing_rad": rng.uniform(0, 6, 10_000),
        "distance_m": rng.uniform(5e5, 3e6, 10_000), "apogee_m": rng.uniform(2e5, 2e6, 10_000),
    }  # fmt: skip
    arcs.along(MEDIUM, **{key: np.ravel(value)[:1] for key, value in asked.items()})
    began = time.process_time()
    found = arcs.along(MEDIUM, **asked)
    assert np.all(found.solved)
    assert time.process_time() - began < 60.0  # 0.9 s measured
