"""Each claim's number by another way: SciPy, pymap3d, GeographicLib; and verdicts that turn when they should."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pymap3d
import pytest
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, OMEGA_RAD_S
from jointwatch.flight import arcs
from jointwatch.studies.claims.assessed import Assessed, assess, assess_file
from jointwatch.studies.claims.claim import load, names
from jointwatch.studies.claims.flights import flight, paths, profile_of
from jointwatch.studies.claims.seeing import limits
from jointwatch.studies.claims.sight import first_s, last_s, margin, sky

Vector = NDArray[np.float64]
SEMNAN, WASHINGTON = (35.234, 53.921), (38.9, -77.04)
SAME_FLIGHT_S = 0.05  # two integrations and two ways to a bearing, read between seconds
AS_BEFORE_S, LEAD_AS_BEFORE_S = (
    12.0,
    4.0,
)  # which way the rise leads, and from when the Earth turns, was not written down
OTHER_ASCENT_S = 30.0  # placeholder burnouts against measured shapes: they rise to other heights


@pytest.fixture(scope="module")
def lead() -> Assessed:
    return assess("earlier-than-brdy")


@pytest.fixture(scope="module")
def held() -> Assessed:
    return assess("only-early")


# -- first sight, by SciPy and pymap3d ---------------------------------------------------------------------------------


def falling(t: float, x: Vector) -> Vector:
    """Gravity with J2 and the turning of the Earth, in Earth-fixed axes."""
    r, v = x[:3], x[3:]
    d = np.linalg.norm(r)
    bulge = 1.5 * J2 * A_M**2 / d**2
    z2 = 5 * r[2] ** 2 / d**2
    pull = -GM_M3_S2 / d**3 * r * (1 + bulge * (np.array([1.0, 1.0, 3.0]) - z2))
    w = np.array([0.0, 0.0, OMEGA_RAD_S])
    return np.concatenate([v, pull - 2 * np.cross(w, v) - np.cross(w, np.cross(w, r))])


def states(propellant: str, ascent: str) -> tuple[Vector, Vector]:
    """Seconds and Earth-fixed positions of Semnan to Washington: the burn by the arc itself, then by SciPy."""
    asked = flight(SEMNAN, WASHINGTON, propellant=propellant, ascent=ascent)
    (a, b), (c, d) = np.deg2rad([SEMNAN, WASHINGTON])
    arc = arcs.between(
        profile_of(asked.vehicle, asked.ascent),
        latitude_rad=[a], longitude_rad=[b], end_latitude_rad=[c], end_longitude_rad=[d],
    )  # fmt: skip
    burn, end = arc.profile.burn_time_s, float(arc.flight_time_s[0])
    rising = arc.flown(0, np.arange(0.0, burn + 0.25, 0.5)).states.r_m
    seconds = np.arange(burn, end, 0.5)
    fallen = solve_ivp(falling, (burn, end), arc.burnout.pos_vel[0], t_eval=seconds, rtol=1e-10, atol=1e-6)
    return np.concatenate([np.arange(len(rising)) / 2, seconds]), np.concatenate([rising, fallen.y[:3].T])


def seen(where: Vector, site: tuple[float, float], height_m: float) -> tuple[Vector, Vector]:
    azimuth, elevation, _ = pymap3d.ecef2aer(*where.T, *site, height_m)
    return np.asarray(azimuth), np.asarray(elevation)


def rises(seconds: Vector, elevation: Vector, lowest: float) -> float:
    k = int(np.argmax(elevation >= lowest))
    return float(np.interp(lowest, elevation[k - 1 : k + 1], seconds[k - 1 : k + 1]))


@pytest.mark.parametrize("propellant", ["liquid", "solid"])
@pytest.mark.parametrize(("shape", "ascent"), [("smooth", "0.41"), ("stages", "stages")])
def test_first_sight_by_both_radars_as_scipy_and_pymap3d_have_it(
    lead: Assessed, propellant: str, shape: str, ascent: str
) -> None:
    case = lead.case({"propellant": propellant, "ascent": shape})
    seconds, where = states(propellant, ascent)
    for radar in ("gabala", "brdy"):
        place = limits(radar)
        _, elevation = seen(where, place.position_deg, place.height_m)
        ours = lead.figure(f"{radar}_first_s").values[case]
        assert ours == pytest.approx(rises(seconds, elevation, 2.0), abs=SAME_FLIGHT_S)


def test_last_sight_by_gabala_is_where_the_bearing_or_the_elevation_ends(held: Assessed) -> None:
    seconds, where = states("liquid", "0.41")
    azimuth, elevation = seen(where, limits("gabala").position_deg, 0.0)
    for highest, choice in ((55.0, "sister"), (90.0, "none")):
        inside = (azimuth >= 107) & (azimuth <= 217) & (elevation >= 2) & (elevation <= highest)
        case = held.case({"gabala_highest_deg": choice})
        assert held.figure("gabala_last_s").values[case] == pytest.approx(seconds[inside][-1], abs=0.5)
        assert held.figure("gabala_held_s").values[case] == pytest.approx(inside.sum() / 2, abs=1.5)


def test_the_gap_is_what_no_radar_sees_second_by_second(held: Assessed) -> None:
    seconds, where = states("liquid", "0.41")

    def sees(radar: str) -> Vector:
        place = limits(radar)
        azimuth, elevation = seen(where, place.position_deg, place.height_m)
        start, end = place.sector_deg
        faced = (azimuth - start) % 360 <= ((end - start) % 360 or 360.0)
        return faced & (elevation >= place.lowest_deg) & (elevation <= place.highest_deg)

    gabala, brdy = sees("gabala"), sees("brdy")
    between = (seconds >= seconds[gabala][0]) & (seconds < seconds[brdy][0])
    by_figure = {
        "gap_s": gabala,
        "gap_with_kurecik_s": gabala | sees("kurecik"),
        "gap_with_armavir_south_east_s": gabala | sees("armavir:south-east"),
    }
    for name, covered in by_figure.items():
        assert held.figure(name).values[0] == pytest.approx((between & ~covered).sum() / 2, abs=1.5)


# -- the calculation of before, by its own method ----------------------------------------------------------------------

R_KM, MU, TURN = 6371.0, 398600.44, 7.292115e-5


def unit(place: tuple[float, float], turned_rad: float = 0.0) -> Vector:
    latitude, longitude = math.radians(place[0]), math.radians(place[1]) + turned_rad
    return np.array([math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude),
                     math.sin(latitude)])  # fmt: skip


def along(start: Vector, toward: Vector, angle: float) -> Vector:
    across = toward - (toward @ start) * start
    return np.asarray(math.cos(angle) * start + math.sin(angle) * across / np.linalg.norm(across))


def as_before(burn_s: float, height_km: float, downrange_km: float) -> tuple[Vector, Vector]:
    """Seconds and Earth-fixed positions, km: a placeholder rise, then the ellipse of least energy to Washington.

    Height grows with the square of time and distance with its cube, so the rise does not have the ellipse's speed.
    """

    def flown(total_s: float) -> tuple[float, Vector, Vector, float]:
        # in axes at rest at burnout: Washington is ahead by what the Earth turns until impact
        start = unit(SEMNAN)
        end = unit(WASHINGTON, TURN * (total_s - burn_s))
        begin = along(start, end, downrange_km / R_KM)
        phi = math.acos(float(begin @ end))
        r1 = R_KM + height_km
        chord = math.sqrt(r1**2 + R_KM**2 - 2 * r1 * R_KM * math.cos(phi))
        a = (r1 + R_KM + chord) / 4  # of least energy: the empty focus lies on the chord
        # time from r1 to the ground by Lagrange's formula, the sum of angles being pi for least energy
        beta = 2 * math.asin(math.sqrt(((r1 + R_KM + chord) / 2 - chord) / (2 * a)))
        time = math.sqrt(a**3 / MU) * (math.pi - (beta - math.sin(beta)))
        return time, begin, end, a

    total = brentq(lambda t: burn_s + flown(t)[0] - t, 1000.0, 4000.0)
    _, begin, end, a = flown(total)
    r1 = R_KM + height_km
    # of least energy: speed from the energy, direction halfway between straight up and straight to the end
    speed = math.sqrt(MU * (2 / r1 - 1 / a))
    straight = R_KM * end - r1 * begin
    halfway = begin + straight / np.linalg.norm(straight)
    state = np.concatenate([r1 * begin, speed * halfway / np.linalg.norm(halfway)])
    seconds = np.arange(math.ceil(burn_s), math.floor(total), 1.0)
    fallen = solve_ivp(
        lambda t, x: np.concatenate([x[3:], -MU * x[:3] / np.linalg.norm(x[:3]) ** 3]),
        (burn_s, total), state, t_eval=seconds, rtol=1e-9, atol=1e-6,
    ).y[:3].T  # fmt: skip
    back = -TURN * (seconds - burn_s)
    cos, sin = np.cos(back), np.sin(back)
    fixed = np.stack([cos * fallen[:, 0] - sin * fallen[:, 1], sin * fallen[:, 0] + cos * fallen[:, 1],
                      fallen[:, 2]], axis=-1)  # fmt: skip
    early = np.arange(0.0, burn_s, 1.0)
    rising = [
        (R_KM + height_km * (t / burn_s) ** 2) * along(unit(SEMNAN), end, downrange_km / R_KM * (t / burn_s) ** 3)
        for t in early
    ]
    return np.concatenate([early, seconds]), np.concatenate([np.array(rising), fixed])


def over_sphere(where_km: Vector, site: tuple[float, float]) -> tuple[Vector, Vector]:
    up = unit(site)
    east = np.array([-math.sin(math.radians(site[1])), math.cos(math.radians(site[1])), 0.0])
    sight = where_km - R_KM * up
    e, n, u = sight @ east, sight @ np.cross(up, east), sight @ up
    return np.degrees(np.arctan2(e, n)) % 360, np.degrees(np.arctan2(u, np.hypot(e, n)))


# burn s, height km, downrange km; then, as was computed: first sight by Gabala and by Brdy, last in Gabala's sector
BEFORE = [((240.0, 220.0, 450.0), (132.0, 368.0, 287.0)), ((170.0, 200.0, 400.0), (99.0, 308.0, 228.0))]


@pytest.mark.parametrize(("burnout", "then"), BEFORE)
def test_the_calculation_of_before_comes_out_again_by_its_own_method(
    burnout: tuple[float, float, float], then: tuple[float, float, float]
) -> None:
    seconds, where = as_before(*burnout)
    azimuth, elevation = over_sphere(where, (40.8707, 47.8027))
    _, over_brdy = over_sphere(where, (49.67, 13.83))
    in_sector = (elevation > 2) & (azimuth >= 107) & (azimuth <= 217)
    found = seconds[elevation > 2][0], seconds[over_brdy > 2][0], seconds[in_sector][-1]
    assert found == pytest.approx(then, abs=AS_BEFORE_S)
    assert found[1] - found[0] == pytest.approx(then[1] - then[0], abs=LEAD_AS_BEFORE_S)


@pytest.mark.parametrize(("propellant", "then"), [("liquid", 236.0), ("solid", 209.0)])
def test_our_lead_is_that_of_before_but_for_the_ascent(lead: Assessed, propellant: str, then: float) -> None:
    assert lead.decisive.values[lead.case({"propellant": propellant})] == pytest.approx(then, abs=OTHER_ASCENT_S)


def test_kurecik_had_no_sector_in_the_calculation_of_before(held: Assessed) -> None:
    """1,099 s of before is the horizon alone; by its one face the flight is lost within minutes."""
    flown = paths([flight(SEMNAN, WASHINGTON, propellant="solid", ascent="0.41")])
    place = limits("kurecik")
    alone = replace(place, sector_deg=(0.0, 360.0), highest_deg=90.0, reach_m=np.inf)
    assert last_s(flown, margin(sky(flown, alone), alone))[0] == pytest.approx(1099, abs=5.0)
    assert last_s(flown, margin(sky(flown, place), place))[0] < 400
    assert held.figure("kurecik_last_s").values[0] < 400


# -- bearings and ranges -----------------------------------------------------------------------------------------------


def bearing(start: tuple[float, float], end: tuple[float, float]) -> float:
    return float(Geodesic.WGS84.Inverse(*start, *end)["azi1"]) % 360


@pytest.mark.parametrize("radar", ["gabala", "armavir"])
def test_bearings_as_geographiclib_has_them(radar: str) -> None:
    found = assess(f"{radar}-faces-iran")
    site = (40.8707, 47.8027) if radar == "gabala" else (44.925106, 40.983894)
    bearings = [bearing(site, place.value) for place in found.claim.places.values()]
    assert found.figure("lowest_bearing_deg").values[0] == pytest.approx(min(bearings), abs=0.01)
    assert found.figure("highest_bearing_deg").values[0] == pytest.approx(max(bearings), abs=0.01)
    if radar == "gabala":
        assert found.figure("inside_deg").values[0] == pytest.approx(
            min(min(bearings) - 107, 217 - max(bearings)), abs=0.01
        )


def test_the_corner_of_iran_that_gabala_does_not_face() -> None:
    claim = load("gabala-faces-iran")
    corner = claim.places["tabriz"].model_copy(update={"value": (39.7, 44.8)})
    assert "287 km" in claim.limit
    assert "244 degrees" in claim.limit
    assert bearing((40.8707, 47.8027), corner.value) == pytest.approx(244, abs=0.5)
    changed = claim.model_copy(update={"places": {**claim.places, "tabriz": corner}})
    assert assess_file("mine", changed).verdict.outcome == "not supported"


@pytest.mark.parametrize(
    ("name", "choices", "km"),
    [
        ("brdy-is-blind", {}, 2418),
        ("brdy-is-blind", {"fill": "thinned"}, 484),
        ("brdy-five-thousand", {"rcs_m2": "body"}, 2418 * 100**0.25),
        ("kurecik-circle", {}, 817),
        ("kurecik-circle", {"rcs_m2": "larger"}, 817 * 10**0.25),
        ("kurecik-circle", {"dwell_s": "second"}, 817 * 10**0.25),
    ],
)
def test_ranges_by_the_fourth_root(name: str, choices: dict[str, str], km: float) -> None:
    found = assess(name)
    assert found.figure("reach_km").values[found.case(choices)] == pytest.approx(km, rel=0.001)


def test_which_flights_come_within_range_of_brdy() -> None:
    """One of them by pymap3d: Tehran to Berlin, liquid."""
    claim = load("brdy-is-blind")
    start, end = claim.place("tehran"), claim.place("berlin")
    flown = paths([flight(start, end, propellant="liquid", ascent="0.41")])
    place = limits("brdy")
    after = flown.time_s > flown.burnout_s[0]
    _, elevation, distance = pymap3d.ecef2aer(*flown.r_ecef_m[0, after].T, *place.position_deg, place.height_m)
    nearest = np.nanmin(np.where(np.asarray(elevation) >= 2, distance, np.inf))
    one = claim.model_copy(update={"about": {**claim.about, "launch_places": ["tehran"], "destinations": ["berlin"]}})
    found = assess_file("one", one)
    assert found.figure("nearest_km").values[0] * 1e3 <= nearest + 1.0
    reach = found.figure("reach_km").values
    assert set(found.figure("detected_share").values[reach * 1e3 > nearest]) == {1.0}


def test_nothing_can_be_over_armavirs_horizon_so_soon() -> None:
    """From rest to the height that is needed in 119 s wants a mean climb of 2 km/s, twice what the classes do."""
    found = assess("two-objects-2013")
    needed, central = found.figure("needed_km").values, np.array(found.cases.words("launch_place")) != "(34.0, 30.0)"
    assert np.all(needed[central] / 119 > 2.0)
    site = limits("armavir:south-west").position_deg
    flown = paths([flight((34.0, 18.0), found.claim.place("off-haifa"), propellant="solid", ascent="0.41")])
    azimuth, elevation, _ = pymap3d.ecef2aer(*flown.r_ecef_m[0].T, *site, 0.0)
    inside = (np.asarray(elevation) >= 2) & (np.asarray(azimuth) >= 175) & (np.asarray(azimuth) <= 295)
    ours = found.figure("first_s").values[found.case({"launch_place": "18-east"})]
    assert ours == pytest.approx(flown.time_s[inside][0], abs=1.0)


def test_refraction_lifts_a_flight_into_sight_a_little_sooner() -> None:
    flown = paths([flight(SEMNAN, WASHINGTON, propellant="solid", ascent="0.41")])
    straight = limits("brdy")
    bent = replace(straight, refracted=True)
    sooner = first_s(flown, margin(sky(flown, straight), straight)) - first_s(flown, margin(sky(flown, bent), bent))
    assert 2.0 < sooner[0] < 15.0  # 0.36 degrees at 2 degrees, at some 40 s a degree


# -- verdicts ----------------------------------------------------------------------------------------------------------


def test_the_verdicts() -> None:
    assert {name: assess(name).verdict.outcome for name in names()} == {
        "armavir-faces-iran": "depends",
        "brdy-five-thousand": "depends",
        "brdy-is-blind": "depends",
        "cbo-forward-radar": "depends",
        "earlier-than-brdy": "depends",
        "ewi-2000-km": "depends",
        "ewi-no-icbm": "depends",
        "gabala-faces-iran": "supported",
        "hundred-percent": "not supported",
        "kurecik-circle": "depends",
        "only-early": "depends",
        "shahab-2008-range": "depends",
        "two-objects-2013": "not supported",
        "two-of-six": "depends",
        "wilkening-small-targets": "depends",
    }


@pytest.mark.parametrize(
    ("name", "decisive", "turned"),
    [
        ("armavir-faces-iran", "first_array", {"first_array": "south-east"}),
        ("armavir-faces-iran", "date", {"date": "combat-duty"}),
        ("brdy-five-thousand", "fill", {"rcs_m2": "body"}),
        ("brdy-is-blind", "fill", {"fill": "thinned"}),
        ("kurecik-circle", "rcs_m2", {"rcs_m2": "body"}),
        ("ewi-2000-km", "payload", {"payload": "any"}),
        ("ewi-no-icbm", "launchers", {"launchers": "counted"}),
        ("shahab-2008-range", "radar", {"radar": "brdy"}),
        ("two-of-six", "architecture", {"architecture": "as-proposed"}),
        ("wilkening-small-targets", "fill", {"fill": "thinned"}),
        ("only-early", "destination", {"destination": "arabian-sea"}),
    ],
)
def test_a_verdict_turns_with_the_assumption_that_decides(name: str, decisive: str, turned: dict[str, str]) -> None:
    found = assess(name)
    assert decisive in found.verdict.depends_on
    assert found.holds[found.case(turned)] != found.holds[0]


def test_with_a_slow_burn_three_minutes_hold_in_every_case(lead: Assessed) -> None:
    slow = np.array(lead.cases.words("propellant")) == "liquid"
    assert lead.holds[slow].all()
    assert not lead.holds[~slow].all()
    assert lead.holds[0]


def test_a_harder_reading_turns_the_verdict(lead: Assessed) -> None:
    test = lead.claim.test.model_copy(update={"at_least": 300.0})
    assert assess_file("harder", lead.claim.model_copy(update={"test": test})).verdict.outcome == "not supported"


def test_former_numbers_are_met_but_for_the_one_that_left_out_a_sector() -> None:
    apart = {(name, each.figure) for name in names() for found in [assess(name)]
             for each in found.claim.compared if not found.agrees(each)}  # fmt: skip
    assert apart == {("only-early", "kurecik_last_s")}
