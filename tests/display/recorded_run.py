"""A plausible run, made by hand for the tests of the page: one ballistic arc, two radars, a line that is cut.

Nothing of the tracker is in it. The arc is a vacuum ellipse on a sphere after a drawn boost; sizes of uncertainties
are invented. Run as a script it serves the page: python tests/display/recorded_run.py --port 8800 [--live 20]
"""

from __future__ import annotations

import argparse
import math
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from jointwatch.display.feed import Feed
from jointwatch.display.volume import Shell, glb
from jointwatch.earth import geodesic
from jointwatch.messages.picture import (
    CentreState,
    CentreView,
    Ellipse,
    Event,
    FaceView,
    Picture,
    PictureCorrelation,
    PictureTrack,
    PointInTime,
    RadarView,
    RunView,
    Snapshot,
)

START = datetime(2009, 5, 20, 7, 59, tzinfo=UTC)
LAUNCH_S, STEP_S, END_S = 60.0, 5.0, 900.0
ANNOUNCED_S = 300.0
CUT_S = (420.0, 500.0)  # the line between the centres
EARTH_KM, MU = 6371.0, 398600.4
LATITUDE, LONGITUDE, AZIMUTH = 36.2, 55.3, 128.0
BURN_S = 112.0
FIRST_S = {"brussels": 155.0, "moscow": 235.0}  # first plots after start: each radar's horizon
SOURCES = {"brussels": ("gabala",), "moscow": ("armavir",)}


def utc(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def arc() -> np.ndarray:
    """Ground distance and height in km and speed in km/s, each second from launch to impact."""
    rows = [(78.0 * (t / BURN_S) ** 3, 92.0 * (t / BURN_S) ** 2, 4.05 * t / BURN_S) for t in range(int(BURN_S))]
    r, theta, speed, angle = EARTH_KM + 92.0, 78.0 / EARTH_KM, 4.05, math.radians(43.0)
    vr, h = speed * math.sin(angle), r * speed * math.cos(angle)
    while r > EARTH_KM:
        rows.append((theta * EARTH_KM, r - EARTH_KM, math.hypot(vr, h / r)))
        for _ in range(10):
            vr += 0.1 * (h * h / r**3 - MU / r**2)
            r += 0.1 * vr
            theta += 0.1 * h / r**2
    return np.array(rows)


ARC = arc()
IMPACT_S = LAUNCH_S + len(ARC)


def place(seconds: float) -> tuple[float, float, float, float]:
    """Longitude, latitude, height in km and heading at a time after the start."""
    index = min(max(int(seconds - LAUNCH_S), 0), len(ARC) - 1)
    latitude, longitude, heading = geodesic.direct(*np.radians([LATITUDE, LONGITUDE, AZIMUTH]), ARC[index, 0] * 1e3)
    return (
        float(np.degrees(longitude)),
        float(np.degrees(latitude)),
        float(ARC[index, 1]),
        float(np.degrees(heading)) % 360,
    )


def end(seconds: float, distance_km: float, major: float, minor: float, azimuth: float, sigma_s: float) -> PointInTime:
    latitude, longitude, _ = geodesic.direct(*np.radians([LATITUDE, LONGITUDE, AZIMUTH]), distance_km * 1e3)
    where = float(np.degrees(latitude)), float(np.degrees(longitude))
    return PointInTime(utc(seconds), sigma_s, Ellipse(*where, major, minor, azimuth))


def track(centre: str, t: float) -> PictureTrack | None:
    first = min(FIRST_S.values()) if centre == "joint" else FIRST_S[centre]
    if t < first or t > IMPACT_S - 60.0:
        return None
    age = t - first
    owners = tuple(c for c in sorted(FIRST_S) if centre in ("joint", c) and t >= FIRST_S[c])
    shrink = math.exp(-age / 70.0) * (0.6 if len(owners) > 1 else 1.0) + 0.05
    longitude, latitude, height, heading = place(t)
    p_space = 0.5 - 0.49 * (1.0 - math.exp(-max(0.0, age - 30.0) / 45.0))
    verdict = "missile" if p_space < 0.1 else "undecided"
    reason = {
        "missile": "cut-off speed 4.0 km/s is 3.6 km/s short of orbit and the arc comes back to the ground",
        "undecided": "seen for too short a time after cut-off to tell",
    }[verdict]
    ahead = np.arange(10.0, IMPACT_S - t, 20.0)
    prediction = tuple(
        (float(dt), lon, lat, h * 1e3)
        for dt, (lon, lat, h, _) in ((dt, place(t + dt)) for dt in [*ahead, IMPACT_S - t])
    )
    return PictureTrack(
        id="T-0001",
        status="confirmed" if age >= 10.0 else "tentative",
        phase="boost" if t < LAUNCH_S + BURN_S else "coast",
        latitude_deg=latitude,
        longitude_deg=longitude,
        altitude_km=height,
        speed_km_s=float(ARC[int(t - LAUNCH_S), 2]),
        heading_deg=heading,
        sigma_km=(9.0 * shrink, 4.0 * shrink, 0.3),
        first_seen_utc=utc(first),
        last_seen_utc=utc(t - 2.0),
        plots=int(age / 5.0 * len(owners)) + 3,
        sources=tuple(s for c in owners for s in SOURCES[c]),
        owners=owners,
        verdict=verdict,
        p_space=p_space,
        reason=reason,
        range_class="MRBM" if age > 30.0 else "-",
        launch=end(LAUNCH_S + 2.0, 4.0 * shrink, 70.0 * shrink + 6.0, 30.0 * shrink + 4.0, 128.0, 6.0 * shrink + 1.0),
        impact=end(
            IMPACT_S, ARC[-1, 0] - 20.0 * shrink, 420.0 * shrink + 8.0, 90.0 * shrink + 5.0, 128.0, 30.0 * shrink + 1.0
        )
        if age > 30.0
        else None,
        apogee_km=float(ARC[:, 1].max()) if age > 30.0 else None,
        prediction=prediction if age >= 10.0 else (),
    )


def stray(t: float) -> PictureTrack | None:
    """A tentative track that comes to nothing: false plots over the Caspian."""
    if not 300.0 <= t <= 345.0:
        return None
    return PictureTrack(
        "T-0002", "tentative", "coast", 41.3 + t / 900.0, 51.2, 212.0, 1.32, 12.0, (48.0, 22.0, 1.1),
        utc(300.0), utc(310.0), 3, ("gabala",), ("brussels",), "undecided", 0.5, "three plots only", "-",
        None, None, None, (),
    )  # fmt: skip


def snapshot(seq: int, t: float) -> Snapshot:
    cut = CUT_S[0] <= t < CUT_S[1]
    pictures = []
    for name in ("moscow", "brussels", "joint"):
        tracks = (track(name, t), stray(t) if name != "moscow" else None)
        found = tuple(each for each in tracks if each is not None)
        judged = correlations(name, t)
        pictures.append(Picture(name, utc(t), int((START.timestamp() + t + 34) * 1e9), found, (), judged))
    entries = int(max(0.0, t - 150.0) / 5.0)
    words = "the line is cut; the last entry of the partner is from 08:06:00" if cut else "all entries verified"
    centres = tuple(
        CentreState(name, "up", "cut" if cut else "linked", entries + 2, entries, max(0, entries - 1), words)
        for name in ("moscow", "brussels")
    )
    return Snapshot(seq, utc(t), centres, tuple(pictures), None if cut else True)


def correlations(name: str, t: float) -> tuple[PictureCorrelation, ...]:
    """Brussels reports the launch, an alarm until the word of whoever launched it comes."""
    if name != "brussels" or t < FIRST_S["brussels"]:
        return ()
    if t < ANNOUNCED_S:
        return (PictureCorrelation("T-0001", "alarm", "not announced", "", utc(160.0), "Not announced: no notice"),)
    return (PictureCorrelation("T-0001", "explained", "announced", "", utc(ANNOUNCED_S), "Announced by notice-1"),)


EVENTS = (
    (0.0, "exercise", "info", "The exercise begins. Armavir feeds Moscow, Gabala feeds Brussels."),
    (155.0, "brussels", "detection", "Gabala: first plot of an object climbing out of Semnan province."),
    (165.0, "brussels", "track", "T-0001 is confirmed at 98 km, 3.6 km/s."),
    (175.0, "brussels", "report", "Launch reported to Moscow: 08:00:02 UTC, 36.20° N 55.30° E."),
    (235.0, "moscow", "detection", "Armavir: first plot of T-0001."),
    (255.0, "moscow", "verdict", "T-0001: missile, MRBM; p of a space launch 0.07."),
    (300.0, "brussels", "track", "T-0002: tentative, three plots."),
    (350.0, "brussels", "track", "T-0002 is dropped: no plot for 35 s."),
    (420.0, "moscow", "link", "The line to Brussels is cut; Moscow goes on from Armavir alone."),
    (500.0, "moscow", "link", "The line to Brussels stands again; 16 entries fetched and verified."),
    (530.0, "brussels", "correction", "Impact area corrected: 1.2 times smaller than reported before."),
    (880.0, "exercise", "statement", "Both centres signed the joint statement."),
)

RUN = RunView(
    run="sejil-2009-as-proposed-0001",
    scenario="sejil-2009",
    variant="as-proposed",
    title="Sejil-2, 20 May 2009, Semnan province",
    mode="exercise",
    counterfactual=True,
    banner="EXERCISE · COUNTERFACTUAL: as proposed",
    start_utc=utc(0.0),
    speed=20.0,
    centres=(
        CentreView("moscow", "Moscow", 55.75, 37.62, "9f3c5a0177de41b2c6a8e0b4d1f25c37"),
        CentreView("brussels", "Brussels", 50.85, 4.35, "17be02c94f6d85a3301bd7ef92c4a658"),
    ),
    radars=(
        RadarView(
            "armavir", "Armavir (Voronezh-DM)", "Russian Federation", "moscow", 44.9251, 40.9839, 100.0, 4200.0,
            (
                FaceView("south-west", 165.0, 295.0, 2.0, 60.0, True, "trial duty from February 2009"),
                FaceView("south-east", 55.0, 185.0, 2.0, 60.0, True, "assumed for as-proposed; built later"),
            ),
            "/api/volume/armavir.glb",
        ),
        RadarView(
            "gabala", "Gabala (Daryal)", "Russian Federation, leased from Azerbaijan", "brussels",
            40.8707, 47.8027, 800.0, 6000.0,
            (FaceView("south", 107.0, 217.0, 2.0, 55.0, True, ""),),
            "/api/volume/gabala.glb",
        ),
    ),
    notes=(
        "Launch place, apogee and range differ between sources; taken: 36.2° N 55.3° E, 2,000 km (Gates, 20 May 2009).",
        "Armavir's south-eastern array was not built in May 2009; in this variant it is assumed to be on duty.",
        "Detection range of both radars for a stated cross-section is not published: assumed, see the scenario file.",
    ),
)  # fmt: skip


def volumes() -> dict[str, bytes]:
    """Shells capped at 800 km altitude, as a range-by-azimuth-and-elevation grid."""
    found = {}
    for radar in RUN.radars:
        shells = []
        for face in radar.faces:
            azimuth = np.radians(np.linspace(face.azimuth_from_deg, face.azimuth_to_deg, 45))
            elevation = np.radians(np.linspace(face.elevation_min_deg, face.elevation_max_deg, 24))
            sine = np.sin(elevation)
            cap = np.sqrt((EARTH_KM * sine) ** 2 + 2 * EARTH_KM * 800.0 + 800.0**2) - EARTH_KM * sine
            shells.append(Shell(azimuth, elevation, np.tile(np.minimum(cap, radar.range_km) * 1e3, (len(azimuth), 1))))
        found[radar.id] = glb(shells, name=radar.id)
    return found


def times() -> np.ndarray:
    return np.arange(0.0, END_S + STEP_S / 2, STEP_S)


def fill(feed: Feed, until_s: float = END_S, *, speed: float = 0.0) -> None:
    """Publish the run up to a time; at a speed, at that many times real time, else at once."""
    events = list(enumerate(EVENTS))
    for seq, t in enumerate(float(t) for t in times() if t <= until_s):
        while events and events[0][1][0] <= t:
            number, (when, centre, kind, text) = events.pop(0)
            feed.event(Event(number, utc(when), centre, kind, text))
        feed.publish(snapshot(seq, t))
        if speed:
            time.sleep(STEP_S / speed)


def main() -> None:
    from jointwatch.display.server import create_app, serve_in_thread

    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=8800)
    words.add_argument("--live", type=float, default=0.0, metavar="SPEED")
    chosen = words.parse_args()
    feed = Feed(RUN, volumes=volumes())
    served = serve_in_thread(create_app(feed), chosen.port)
    print(served.url, flush=True)
    fill(feed, speed=chosen.live)
    feed.finish(None, b"{}", summary="Both centres hold T-0001 for a missile of the MRBM class, launched 08:00:02 UTC.")
    try:
        while True:
            time.sleep(1.0)
    except KeyboardInterrupt:
        served.stop()


if __name__ == "__main__":
    main()
