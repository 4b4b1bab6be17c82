"""Plausible values for a report: a 2,000 km arc drawn by hand, two radars, two centres. No run made them.

`sejil()` has everything, `omid()` a space launch that one radar rightly does not see, `interrupted()` almost nothing.
Written by hand so that the report's tests need no physics: the shapes are right, the numbers are not to be quoted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jointwatch.display import report_data as rd
from jointwatch.messages.picture import CentreView, Ellipse, Event, FaceView, RadarView, RunView

SEMNAN = (35.234, 53.921)
AZIMUTH_DEG = 138.0
RANGE_KM, APOGEE_KM, BURN_S, FLIGHT_S = 2000.0, 468.0, 112.0, 802.0


def utc(after_launch_s: float) -> str:
    whole = 8 * 3600 + after_launch_s
    return f"2009-05-20T{int(whole // 3600):02d}:{int(whole % 3600 // 60):02d}:{int(whole % 60):02d}Z"


def moment(after_launch_s: float) -> rd.Moment:
    return rd.Moment(utc(after_launch_s), after_launch_s)


def ground(distance_km: np.ndarray, *, azimuth_deg: float = AZIMUTH_DEG) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude along a great circle from Semnan."""
    phi, lam = np.radians(SEMNAN)
    alpha, sigma = np.radians(azimuth_deg), np.asarray(distance_km) / 6371.0
    lat = np.arcsin(np.sin(phi) * np.cos(sigma) + np.cos(phi) * np.sin(sigma) * np.cos(alpha))
    lon = lam + np.arctan2(np.sin(alpha) * np.sin(sigma) * np.cos(phi), np.cos(sigma) - np.sin(phi) * np.sin(lat))
    return np.degrees(lon), np.degrees(lat)


def path(time_s: np.ndarray, *, noise_km: np.ndarray | None = None) -> rd.Path:
    u = np.clip(time_s / FLIGHT_S, 0.0, 1.0)
    downrange = RANGE_KM * (1.08 * u - 0.08 * u**2) * np.where(u < 0.1, np.sqrt(u / 0.1), 1.0)
    height = APOGEE_KM * (1.0 - (2.0 * u - 1.0) ** 2)
    if noise_km is not None:
        downrange, height = downrange + noise_km, height + 0.6 * noise_km
    lon, lat = ground(downrange)
    return rd.Path(time_s, lon, lat, np.maximum(height, 0.0))


def run_view() -> RunView:
    return RunView(
        run="sejil-2009.as-proposed.4f1c",
        scenario="sejil-2009",
        variant="as-proposed",
        title="Sejil-2, 20 May 2009, as if the 2007 proposal had been carried out",
        mode="exercise",
        counterfactual=True,
        banner="EXERCISE · COUNTERFACTUAL: the joint use of Gabala and Armavir proposed in 2007 was never carried out",
        start_utc="2009-05-20T07:59:00Z",
        speed=0.0,
        centres=(
            CentreView("moscow", "Moscow", 55.75, 37.62, "9c41f2d07be36a58e1f0c3a97d24b86e"),
            CentreView("brussels", "Brussels", 50.85, 4.35, "17e08bb4c5d2936fa4410ee2b79f35d1"),
        ),
        radars=(
            RadarView(
                "armavir", "Armavir (Армавир)", "Russia", "moscow", 44.9251, 40.9839, 100.0, 6000.0,
                (
                    FaceView("south-west", 175.0, 295.0, 2.0, 60.0, True, "trial duty since 26 February 2009"),
                    FaceView("south-east", 55.0, 175.0, 2.0, 60.0, True, "in the variant only; on duty since 2013"),
                ), "",
            ),
            RadarView(
                "gabala", "Gabala (Qəbələ)", "Russia and Azerbaijan", "brussels", 40.8707, 47.8027, 600.0, 6000.0,
                (FaceView("south", 107.0, 217.0, 2.0, 55.0, True, "on duty 1985–2012"),), "",
            ),
        ),
        notes=(
            "No source gives a launch time for this flight; 08:00:00 UTC is an assumption of the scenario.",
            "Sources differ on range (2,000 to 2,500 km) and launch place; the scenario takes 2,000 km from Semnan.",
        ),
    )  # fmt: skip


def truth() -> rd.Truth:
    lon, lat = ground(np.array([RANGE_KM]))
    return rd.Truth(
        kind="missile",
        vehicle="two stages, solid propellant, medium range (generic class)",
        place="Semnan province, Iran",
        quantities=rd.Quantities(
            launch_point=rd.Point(*SEMNAN),
            launch_time=rd.Instant(utc(0.0)),
            direction_deg=rd.Value(AZIMUTH_DEG),
            burnout_time=rd.Instant(utc(BURN_S)),
            burnout_altitude_km=rd.Value(96.0),
            burnout_speed_km_s=rd.Value(3.92),
            apogee_km=rd.Value(APOGEE_KM),
            impact_point=rd.Point(float(lat[0]), float(lon[0])),
            impact_time=rd.Instant(utc(FLIGHT_S)),
        ),
        path=path(np.linspace(0.0, FLIGHT_S, 161)),
    )


def estimate(perspective: str, *, seed: int, scale: float, first_s: float) -> rd.Estimate:
    rng = np.random.default_rng(seed)
    lon, lat = ground(np.array([RANGE_KM]))
    err = rng.normal(size=8)
    launch = (SEMNAN[0] + 0.05 * scale * err[0], SEMNAN[1] + 0.06 * scale * err[1])
    impact = (float(lat[0]) + 0.02 * scale * err[2], float(lon[0]) + 0.02 * scale * err[3])
    return rd.Estimate(
        perspective=perspective,
        as_of=moment(FLIGHT_S),
        verdict="missile",
        p_space=0.004,
        range_class="MRBM",
        reason="the track after cut-off meets the ground 2,000 km from the launch point; no orbit fits it",
        quantities=rd.Quantities(
            launch_point=rd.Point(
                *launch, Ellipse(*launch, 22.0 * scale, 9.0 * scale, 139.0), 7.1 * scale * abs(err[0]), abs(err[0])
            ),
            launch_time=rd.Instant(utc(2.4 * err[4]), 3.1 * scale, 2.4 * err[4]),
            direction_deg=rd.Value(AZIMUTH_DEG + 0.8 * err[5], 0.9 * scale, 0.8 * err[5]),
            burnout_time=rd.Instant(utc(BURN_S + 1.6 * err[6]), 2.0, 1.6 * err[6]) if first_s < BURN_S else None,
            burnout_altitude_km=rd.Value(96.0 + err[7], 1.8 * scale, float(err[7])),
            burnout_speed_km_s=rd.Value(3.92 + 0.012 * err[7], 0.015 * scale, 0.012 * err[7]),
            apogee_km=rd.Value(APOGEE_KM + 2.0 * err[1], 2.4 * scale, 2.0 * err[1]),
            impact_point=rd.Point(
                *impact, Ellipse(*impact, 8.0 * scale, 3.5 * scale, 136.0), 3.0 * scale * abs(err[2]), abs(err[2]) * 1.4
            ),
            impact_time=rd.Instant(utc(FLIGHT_S + err[3]), 1.2 * scale, float(err[3])),
        ),
        absent="" if first_s < BURN_S else "Cut-off lies before its first measurement, so its time is not estimated.",
    )


def track(perspective: str, *, seed: int, first_s: float, last_s: float, sigma_km: float) -> rd.TrackCurve:
    rng = np.random.default_rng(seed)
    time_s = np.arange(first_s, last_s, 5.0)
    sigma = sigma_km * (0.12 + np.exp(-(time_s - first_s) / 60.0))
    noise = 0.5 * sigma * np.convolve(rng.normal(size=len(time_s)), np.ones(3) / 2.0, "same")
    return rd.TrackCurve(perspective, path(time_s, noise_km=noise), np.abs(noise) * 1.6 + 0.05, sigma, 0.93 * sigma)


def launch_curve(perspective: str, *, seed: int, span_s: float, scale: float) -> rd.LaunchCurve:
    rng = np.random.default_rng(seed)
    since = np.arange(5.0, span_s, 10.0)
    semi_major = scale * (20.0 + 120.0 * np.exp(-since / 45.0))
    return rd.LaunchCurve(perspective, since, semi_major * np.abs(0.4 + 0.08 * rng.normal(size=len(since))), semi_major)


def sejil_object() -> rd.ObjectReport:
    return rd.ObjectReport(
        name="object 1",
        truth=truth(),
        sightings=(
            rd.Sighting("armavir", moment(141.0), moment(688.0), 108, ((138.0, 690.0),), np.arange(141.0, 689.0, 5.0),
                        "The object sinks below 2° elevation."),
            rd.Sighting("gabala", moment(62.0), moment(742.0), 131, ((60.0, 745.0),), np.arange(62.0, 743.0, 5.2),
                        "The object sinks below 2° elevation."),
        ),
        knowledge=(
            rd.Knowledge(
                "moscow", *(moment(s) for s in (74.0, 84.0, 126.0, 91.0, 89.0, 240.0, 742.0)),
                note="Its first measurements are Gabala's, released by Brussels; its own radar follows 67 s later.",
            ),
            rd.Knowledge("brussels", *(moment(s) for s in (62.0, 77.0, 119.0, 82.0, 95.0, 205.0, 742.0))),
        ),
        estimates=(
            estimate("moscow", seed=3, scale=1.25, first_s=141.0),
            estimate("brussels", seed=5, scale=1.0, first_s=62.0),
            estimate("joint", seed=8, scale=0.62, first_s=62.0),
        ),
        tracks=(
            track("moscow", seed=1, first_s=141.0, last_s=690.0, sigma_km=11.0),
            track("brussels", seed=2, first_s=62.0, last_s=742.0, sigma_km=14.0),
            track("joint", seed=4, first_s=62.0, last_s=742.0, sigma_km=8.0),
        ),
        launches=(
            launch_curve("moscow", seed=1, span_s=540.0, scale=1.25),
            launch_curve("brussels", seed=2, span_s=680.0, scale=1.0),
            launch_curve("joint", seed=4, span_s=680.0, scale=0.62),
        ),
    )  # fmt: skip


EVENTS = (
    Event(1, utc(62.0), "brussels", "detection", "Gabala: first measurement, 71 km up, 820 km away"),
    Event(2, utc(77.0), "brussels", "track", "track T-0001 confirmed after 3 of 3 looks"),
    Event(3, utc(82.0), "brussels", "report", "launch report: Semnan province, heading south-east, boosting"),
    Event(4, utc(84.0), "moscow", "track", "track T-0001 confirmed from the measurements Brussels released"),
    Event(5, utc(91.0), "moscow", "report", "launch report: Semnan province, heading south-east"),
    Event(6, utc(119.0), "brussels", "info", "boost has ended: 96 km up at 3.92 km/s"),
    Event(7, utc(141.0), "moscow", "detection", "Armavir, south-east array: first measurement, 152 km up"),
    Event(8, utc(205.0), "brussels", "correction", "launch report corrected: launch 3 s earlier, impact area smaller"),
    Event(9, utc(240.0), "moscow", "correction", "launch report corrected: impact area smaller"),
    Event(10, utc(744.0), "exercise", "verdict", "both centres: ballistic missile, medium range"),
    Event(11, utc(806.0), "exercise", "statement", "both centres signed the same statement"),
)

LOGS = (
    rd.LogHead("moscow/brussels/plot", 1204, "b7" * 32, "brussels", 1204),
    rd.LogHead("moscow/common/assess", 9, "0a3f" * 16, "brussels", 9),
    rd.LogHead("brussels/moscow/plot", 1377, "c4" * 32, "moscow", 1377),
    rd.LogHead("brussels/common/assess", 10, "91de" * 16, "moscow", 9),
)

KEYS = (
    rd.Key("moscow", "identity and entries", "9c41f2d07be36a58e1f0c3a97d24b86e"),
    rd.Key("moscow", "checkpoints", "31a0bd92c77e4f55b28d10c9e6a47f03"),
    rd.Key("brussels", "identity and entries", "17e08bb4c5d2936fa4410ee2b79f35d1"),
    rd.Key("brussels", "checkpoints", "e84d52f6a1930b7cc0956d12fb8e2a44"),
)

STATEMENT = rd.JointStatement(
    time_utc=utc(806.0),
    agreed=True,
    text=(
        "One object was launched at 08:00:01 UTC ± 2 s from 35.22° N, 53.93° E, heading 138°.",
        "It was a ballistic missile of medium range (probability of a space launch under 0.01).",
        "It came down at 08:13:22 UTC ± 1 s near 21.5° N, 66.3° E.",
        "Объект один; запуск космического аппарата исключается. Obyekt birdir, kosmik buraxılış deyil.",
    ),
    disagreements=(),
    payload_sha256="f3" * 32,
    signatures=(
        rd.Signature("moscow", KEYS[0].fingerprint, "mZ0c" * 22, True),
        rd.Signature("brussels", KEYS[2].fingerprint, "Qk7x" * 22, True),
    ),
)

CLAIMS = (
    rd.Claim(
        "The radars trace “with one hundred percent confidence the beginning and development” of the programme.",
        "V. Putin", "2007", "as quoted in the debate on the proposal of 7 June 2007",
        "partly",
        "Both radars held this flight from 71 km up to 60 s before impact; the launch point was found within 5 km.",
        "One flight, on one azimuth, with an assumed radar cross-section; a programme is all of its flights.",
    ),
    rd.Claim(
        "Gabala “has no ability to track a missile. It simply sees a launch”.",
        "a US interview partner", "2007", "hitpages.com, p. 48",
        "does not hold here",
        "Gabala measured the object 131 times over 11 minutes and tracked it to 1.1 km (one sigma).",
        "The accuracy of Gabala's angles is an assumption: no source read states it.",
    ),
)  # fmt: skip

KEEPTRACK = "KeepTrack catalogue, after russianforces.org"

INPUTS = (
    rd.Input("Scenario", "launch time", "08:00:00", "UTC", "no source gives one", "-", True, "press: morning"),
    rd.Input("Scenario", "range", "2 000", "km", "R. Gates, 20 May 2009, Wikinews", "seen", False, "2 500 km (same)"),
    rd.Input("Scenario", "apogee", "468", "km", "minimum-energy arc of that range", "computed", True),
    rd.Input("Radar Armavir", "sector", "55–295", "°", KEEPTRACK, "seen-2nd", False, "split: 165–295 + 55–185"),
    rd.Input("Radar Armavir", "position", "44.9251 N 40.9839 E", "°", KEEPTRACK, "seen-2nd", False, "9–37 km away"),
    rd.Input("Radar Armavir", "sigma of azimuth", "0.3", "°", "no source read states an accuracy", "-", True),
    rd.Input("Radar Gabala", "sector", "107–217", "°", "old Wikipedia copy", "seen", False),
    rd.Input("Radar Gabala", "range for 0.1 m²", "4 000", "km", "background knowledge", "recalled", True, "6 000 km"),
    rd.Input("Vehicle", "radar cross-section, VHF", "1.0", "m²", "no citable value found", "recalled", True, "0.1 m²"),
    rd.Input("Software", "random seed", "20090520", "", "run.json", "computed", False),
)


def sejil() -> rd.ReportData:
    return rd.ReportData(
        run=run_view(),
        version="0.1.0",
        objects=(sejil_object(),),
        coverage=(rd.Coverage("armavir", 1790.0), rd.Coverage("gabala", 1790.0)),
        coverage_height_km=300.0,
        events=EVENTS,
        logs=LOGS,
        keys=KEYS,
        statement=STATEMENT,
        claims=CLAIMS,
        inputs=INPUTS,
        directory="sejil-2009.as-proposed.4f1c",
        manifest_log="moscow/common/manifest",
    )


def omid() -> rd.ReportData:
    """A space launch as it was: Armavir has no array that faces it, Moscow releases Gabala's measurements."""
    base, item = sejil(), sejil_object()
    quantities = replace(item.truth.quantities, impact_point=None, impact_time=None)
    why = "Iran bears 124° to 148° from Armavir; the array on duty from 26 February 2009 faces 175° to 295°."
    blind = rd.Sighting("armavir", None, None, 0, (), why=why)
    estimates = tuple(
        replace(
            each, verdict="space launch", p_space=0.997, range_class="-",
            quantities=replace(each.quantities, impact_point=None, impact_time=None, burnout_time=None),
            reason="at the end of the track its perigee is 240 km up",
            absent="No impact is given: the object reaches orbit.",
        )
        for each in item.estimates
    )  # fmt: skip
    item = replace(
        item, truth=replace(item.truth, kind="space launch", place="Semnan, Iran", quantities=quantities),
        sightings=(blind, item.sightings[1]), estimates=estimates, tracks=item.tracks[1:],
    )  # fmt: skip
    apart = "Launch time: Moscow says 18:30:02, Brussels says 18:30:09; 7 s apart at 2 s."
    statement = replace(STATEMENT, agreed=False, disagreements=(apart,))
    run = run_view()
    faces = (run.radars[0].faces[0], replace_face(run.radars[0].faces[1]))
    radar = RadarView("armavir", "Armavir", "Russia", "moscow", 44.9251, 40.9839, 100.0, 6000.0, faces, "")
    run = RunView(
        "omid-2009.as-it-was.77aa", "omid-2009", "as-it-was", "Safir with Omid, 2 February 2009", "exercise", False,
        "EXERCISE", "2009-02-02T18:29:00Z", 0.0, run.centres, (radar, run.radars[1]), (),
    )  # fmt: skip
    return replace(base, run=run, objects=(item,), statement=statement)


def replace_face(face: FaceView) -> FaceView:
    return FaceView(face.name, face.azimuth_from_deg, face.azimuth_to_deg, 2.0, 60.0, False, "not built until 2012")


def interrupted() -> rd.ReportData:
    """A run stopped before anything was launched: only what does not change is known."""
    return rd.ReportData(run=run_view(), version="0.1.0")
