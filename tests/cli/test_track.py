"""`jointwatch track` on recorded measurements: simulated and real flights, told as any radar would write them down."""

from __future__ import annotations

import doctest
import gzip
import json
import re
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl
import pytest
import typer

from benchmarks import ascents
from jointwatch.cli.errors import UserError
from jointwatch.cli.track import track
from jointwatch.cli.track_work import followed
from jointwatch.earth import geodesic
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S, days_from_tai_ns, tai_ns_from_utc, utc_from_tai_ns
from jointwatch.flight import coast
from jointwatch.formats import measurement_csv, measurement_parquet, oem_kvn
from jointwatch.formats.measurements import Measurements
from jointwatch.sensors.measurement import Plots, predict
from jointwatch.sensors.schedule import scan
from jointwatch.studies import recording, recording_tracks
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.recording_sites import read_sites, sensor
from jointwatch.studies.scenario import load
from jointwatch.studies.truth import Flown, fly
from jointwatch.tracking.track import History
from jointwatch.tracking.tracker import Tracker

REPOSITORY = Path(__file__).parents[2]
ASCENTS = REPOSITORY.parent / "shared" / "data" / "ascent"
MILES_OFF = 4.0  # sigmas in two dimensions: one run in 3,000 lies outside
START = tai_ns_from_utc("2016-12-31T23:56:00Z")  # a leap second in the middle of the flight
GPS_LESS_TAI_S = -19

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the exit code of the command and what it printed on a terminal of 80 columns."""

    def started(*files: Path, sites: Path | None = None, out: Path | None = None) -> tuple[int, str]:
        monkeypatch.setenv("COLUMNS", "80")
        capsys.readouterr()
        with pytest.raises(typer.Exit) as ended:
            track(list(files), sites, out)
        return ended.value.exit_code, capsys.readouterr().out

    return started


@dataclass(frozen=True)
class Row:
    """One plot as a radar writes it down."""

    tai_ns: int
    sensor: str
    z: Sequence[float]
    sigma: Sequence[float]


def rows_of(plots: Plots) -> list[Row]:
    return [
        Row(plots.time_tai_ns, plots.radar, z, s) for z, s in zip(plots.z.tolist(), plots.sigma.tolist(), strict=True)
    ]


def csv(path: Path, rows: list[Row], *, utc: bool = True, sigmas: bool = True, parquet: bool = False) -> Path:
    """Write rows as a table of measurements."""
    times = np.array([row.tai_ns for row in rows])
    day, ns = days_from_tai_ns(times) if utc else np.divmod(times, 86_400 * NS_PER_S)
    names = tuple(dict.fromkeys(row.sensor for row in rows))
    z, sigma = (np.array([getattr(row, part) for row in rows], dtype=float).reshape(-1, 3) for part in ("z", "sigma"))
    values = {"range_m": z[:, 0], "azimuth_deg": np.degrees(z[:, 1]) % 360, "elevation_deg": np.degrees(z[:, 2])}
    if sigmas:
        values |= {"sigma_range_m": sigma[:, 0]}
        values |= {f"sigma_{name}_deg": np.degrees(sigma[:, k]) for k, name in ((1, "azimuth"), (2, "elevation"))}
    codes = np.array([names.index(row.sensor) for row in rows], dtype=np.int32)
    table = Measurements("UTC" if utc else "TAI", day.astype(np.int32), ns, names, codes, values)
    with path.open("wb") as stream:
        (measurement_parquet if parquet else measurement_csv).write(table, stream)
    return path


HEAD = "CCSDS_TDM_VERS = 2.0\nCREATION_DATE = 2009-05-21T00:00:00\nORIGINATOR = TEST\n"
META = """META_START
TIME_SYSTEM = {system}
PARTICIPANT_1 = {name}
PARTICIPANT_2 = UNKNOWN
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_UNITS = km
ANGLE_TYPE = AZEL
META_STOP
"""


def tdm(path: Path, rows: list[Row], *, system: str = "UTC", less_tai_ns: int = 0) -> Path:
    """Write rows of one sensor as a tracking data message in a time system that is off TAI by a constant, or in UTC."""
    text = HEAD + META.format(system=system, name=rows[0].sensor) + "DATA_START\n"
    for row in rows:
        day, ns = (
            days_from_tai_ns(np.array([row.tai_ns]))
            if system == "UTC"
            else np.divmod(np.array([row.tai_ns + less_tai_ns]), 86_400 * NS_PER_S)
        )
        second, fraction = divmod(int(ns[0]), NS_PER_S)
        minute, hour = min(second // 60, 1439), min(second // 3600, 23)
        date = np.datetime_as_string(np.datetime64(int(day[0]), "D"))
        when = f"{date}T{hour:02d}:{minute % 60:02d}:{second - minute * 60:02d}.{fraction:09d}"
        for keyword, value in (
            ("RANGE", row.z[0] / 1e3),
            *zip(("ANGLE_1", "ANGLE_2"), np.degrees(row.z[1:]), strict=True),
        ):
            text += f"{keyword} = {when} {value:.9f}\n"
    path.write_text(text + "DATA_STOP\n")
    return path


@pytest.fixture(scope="module")
def sejil() -> Flown:
    return fly(load("sejil-2009").flights[0])


@pytest.fixture(scope="module")
def plots(sejil: Flown) -> dict[str, list[Row]]:
    """Return what Armavir and Gabala saw of it, by radar: detections with noise, misses and false plots."""
    found: dict[str, list[Row]] = {}
    rng = np.random.default_rng(7)
    for offset_s, name in enumerate(("armavir", "gabala")):
        radar, _ = catalogue_radar(name)
        rcs = np.array([sejil.rcs_m2[radar.band]])
        first = sejil.launch_tai_ns + offset_s * NS_PER_S
        for time in range(first, sejil.impact_tai_ns or 0, round(radar.revisit_s * NS_PER_S)):
            seen = scan(radar, radar.faces, time, sejil.states_at(time), rcs, rng)
            found.setdefault(name, []).extend(rows_of(seen))
    return found


def true_ones(rows: list[Row], flown: Flown) -> list[Row]:
    """Return the rows within eight sigmas of the truth, one at most of each instant."""
    site = catalogue_radar(rows[0].sensor)[0].site
    kept = {}
    for row in rows:
        off = (np.array(row.z) - predict(site, flown.states_at(row.tai_ns).r_m)[0]) / np.array(row.sigma)
        if np.abs(off).max() < 8.0:
            kept[row.tai_ns] = row
    return list(kept.values())


def miss_sigmas(place: dict, latitude_rad: float, longitude_rad: float) -> float:
    """Return how many sigmas a place on the ground lies from an estimate."""
    here = np.radians([place["latitude_deg"], place["longitude_deg"]])
    distance, azimuth, _ = geodesic.inverse(*here, latitude_rad, longitude_rad)
    off = float(distance) * np.array([np.sin(azimuth), np.cos(azimuth)])
    return float(np.sqrt(off @ np.linalg.solve(np.array(place["covariance_en_m2"]), off)))


SITES = """[sites.RADAR-G]
radar = "gabala"

[sites.RADAR-A]
latitude_deg = 44.925106
longitude_deg = 40.983894
sigma_range_m = 300.0
sigma_azimuth_deg = 0.2
sigma_elevation_deg = 0.2
"""


def test_two_radars_in_two_formats_and_two_clocks_make_one_missile(
    run: Run, tmp_path: Path, sejil: Flown, plots: dict[str, list[Row]]
) -> None:
    sites = tmp_path / "sites.toml"
    sites.write_text(SITES)
    renamed = [Row(row.tai_ns, "RADAR-G", row.z, row.sigma) for row in true_ones(plots["gabala"], sejil)]
    first = csv(tmp_path / "armavir.csv", [Row(r.tai_ns, "RADAR-A", r.z, r.sigma) for r in plots["armavir"]])
    second = tdm(tmp_path / "gabala.tdm", renamed, system="GPS", less_tai_ns=GPS_LESS_TAI_S * NS_PER_S)
    out = tmp_path / "out"
    code, text = run(second, first, sites=sites, out=out)
    assert code == 0
    assert all(len(line.rstrip()) <= 80 for line in text.splitlines() if str(tmp_path) not in line)
    assert f"RADAR-G  {len(renamed):>5}" in text

    said = json.loads((out / "estimates.json").read_text())
    (found,) = said["tracks"]
    assert set(found["plots"]) == {"RADAR-A", "RADAR-G"}
    last = found["estimates"][-1]
    assert (last["verdict"], last["range_class"]) == ("missile", "MRBM")
    launch = np.radians([36.23, 55.33])
    latitude, longitude, _ = geodetic_from_ecef(sejil.impact.r_m)
    assert miss_sigmas(last["launch"], *launch) < MILES_OFF
    assert miss_sigmas(last["impact"], latitude[0], longitude[0]) < MILES_OFF
    assert last["apogee"]["height_m"] == pytest.approx(800e3, abs=10e3)
    assert abs(tai_ns_from_utc(last["burnout"]["time_utc"]) / 1e9 - sejil.launch_tai_ns / 1e9 - 112.0) < 15.0
    least = last["attainable"]
    assert least["impact"]["ellipse_95"]["semi_major_m"] == pytest.approx(
        last["impact"]["ellipse_95"]["semi_major_m"], rel=0.25
    )
    assert least["burnout"]["sigma_s"] < last["burnout"]["sigma_s"]
    assert least["launch"]["sigma_s"] < last["launch"]["sigma_s"]
    widths = [each["impact"]["ellipse_95"]["semi_major_m"] for each in found["estimates"] if each["impact"]]
    assert len(widths) > 4
    assert widths == sorted(widths, reverse=True)


def test_what_is_written_agrees_with_the_truth_and_with_itself(
    run: Run, tmp_path: Path, sejil: Flown, plots: dict[str, list[Row]]
) -> None:
    out = tmp_path / "out"
    code, _ = run(csv(tmp_path / "all.parquet", plots["armavir"] + plots["gabala"], parquet=True), out=out)
    assert code == 0
    table = pl.read_parquet(out / "tracks.parquet")
    (name,) = table["track"].unique().to_list()
    message = oem_kvn.read(out / "oem" / f"{name}.oem")
    (segment,) = message.segments
    skipped = len(table) - len(segment.ephemeris)
    assert 0 < skipped < 5
    state = np.stack([table[c].to_numpy() for c in ("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s")], axis=-1)
    np.testing.assert_allclose(segment.ephemeris.state_m_m_s, state[skipped:], rtol=1e-12)
    assert segment.covariances is not None
    times = table["tai_ns"].to_numpy()[skipped:]
    assert utc_from_tai_ns(int(times[0]), digits=9) == table["time_utc"][skipped]
    truth = np.concatenate([sejil.states_at(int(time)).pos_vel for time in times])
    off = truth - segment.ephemeris.state_m_m_s
    nees = np.einsum("ni,ni->n", off, np.linalg.solve(segment.covariances.matrix * 1e6, off[..., None])[..., 0])
    late = nees[len(nees) // 4 :]
    assert 1.0 < late.mean() < 15.0, "of 6; one run, its steps far from independent"
    assert (out / "tracks.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("system", "less_tai_s"), [("TAI", 0.0), ("TT", 32.184), ("GPS", -19.0), ("UTC", 0.0)])
def test_a_time_is_the_same_instant_in_every_scale(tmp_path: Path, system: str, less_tai_s: float) -> None:
    rows = [Row(START + k * 60 * NS_PER_S, "gabala", (1e6, 1.0, 0.5), (1, 1, 1)) for k in range(8)]
    rows.append(Row(tai_ns_from_utc("2016-12-31T23:59:60.5Z"), "gabala", (1e6, 1.0, 0.5), (1, 1, 1)))
    rows.sort(key=lambda row: row.tai_ns)
    path = tdm(tmp_path / "a.tdm", rows, system=system, less_tai_ns=round(less_tai_s * NS_PER_S))
    assert recording.read([path]).time_tai_ns.tolist() == [row.tai_ns for row in rows]
    table = csv(tmp_path / "a.csv", rows, utc=system == "UTC")
    assert recording.read([table]).time_tai_ns.tolist() == [row.tai_ns for row in rows]


def test_scans_come_in_order_across_files_whatever_the_order_of_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    rows = [
        Row(START + int(t) * NS_PER_S, name, (1e6 + 1e3 * t, 1.0, 0.5), (100.0, 1e-3, 1e-3))
        for name in ("gabala", "armavir")
        for t in rng.permutation(np.repeat(np.arange(20), 2))
    ]
    shuffled = [rows[k] for k in rng.permutation(len(rows))]
    files = [csv(tmp_path / f"{part}.csv", shuffled[part::3]) for part in range(3)]
    taken = recording.read(files)
    scans = list(taken.scans({name: sensor(name) for name in taken.names}))
    assert len(scans) == 40
    assert all(len(plots) == 2 for plots in scans)
    times = [plots.time_tai_ns for plots in scans]
    assert times == sorted(times)
    assert {plots.site.name for plots in scans} == {sensor(name).site.name for name in taken.names}


def test_rows_that_are_no_full_plots_are_counted_by_what_they_have(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text(
        "time_utc,sensor,range_m,azimuth_deg,elevation_deg,range_rate_m_s\n"
        "2009-05-20T06:00:00Z,gabala,1e6,100,10,\n"
        "2009-05-20T06:00:05Z,gabala,1e6,,,\n"
        "2009-05-20T06:00:06Z,gabala,,100,10,\n"
        "2009-05-20T06:00:07Z,gabala,,100,11,\n"
        "2009-05-20T06:00:08Z,gabala,,,,100\n"
    )
    code, text = run(path)
    assert code == 1
    flat = " ".join(text.split())
    assert "5 rows, 1 of them full plots; others: range rate only: 1, range only: 1, azimuth and" in flat
    assert "A track wants range, azimuth and elevation together; of other rows an orbit is tried" in flat
    assert "catalogue (see its assumptions)" in flat
    assert "no track" in flat


GOOD = "time_utc,sensor,range_m,azimuth_deg,elevation_deg\n2009-05-20T06:00:00Z,{},1e6,100,10\n"
PLACE = "[sites.X]\nlatitude_deg = 1.0\nlongitude_deg = 2.0\n"


@pytest.mark.parametrize(
    ("name", "sites", "words"),
    [
        ("X", None, r"no place is known for sensor X: .* no such radar; write a table \[sites\.X\].*for --sites"),
        ("X Y", None, r'no place is known for sensor X Y: .*write a table \[sites\."X Y"\]'),
        ("X", "[sites.Y]\nradar = 'gabala'\n", r"sites\.toml has Y; write a table \[sites\.X\]"),
        ("X", PLACE, r"sensor X: sigma_range_m and sigma_azimuth_deg and sigma_elevation_deg is neither"),
        ("X", PLACE + "sigma_range = 5.0\n", r"sites\.toml: sites\.X\.sigma_range: this key is not known; known are"),
        ("X", PLACE + "sigma_range_m = -5.0\n", r"sites\.toml: sites\.X\.sigma_range_m: .*greater than 0 \(given: -5"),
        ("X", PLACE + 'radar = "gabala"\n', r"sites\.toml: sites\.X: wanted radar, or .*; not both"),
        ("X", "[sites.X]\nlatitude_deg = 1.0\n", r"sites\.toml: sites\.X: wanted latitude_deg and longitude_deg"),
        ("X", "[sites.X]\nlatitude_deg = '1'\nlongitude_deg = 2.0\n", r"sites\.X\.latitude_deg: .*valid number"),
        ("X", "[sites.X]\nlatitude_deg = nan\nlongitude_deg = 2.0\n", r"sites\.X\.latitude_deg: .*(finite|greater)"),
        ("X", "[sites.X]\nradar = 'gabalah'\n", r"sites\.X\.radar: .*no radar 'gabalah'; did you mean 'gabala'"),
        ("X", "[radars.X]\n", r"sites\.toml: radars: this key is not known; a file of sites holds tables"),
        ("X", "[sites.X\n", r"sites\.toml: not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_sensors_is_one_sentence(
    run: Run, tmp_path: Path, name: str, sites: str | None, words: str
) -> None:
    path, given = tmp_path / "a.csv", tmp_path / "sites.toml"
    path.write_text(GOOD.format(name))
    if sites is not None:
        given.write_text(sites)
    with pytest.raises(UserError, match=words) as raised:
        track([path], given if sites is not None else None, None)
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_taken_are_named(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(GOOD.format("gabala").replace(",100,", ",400,"))
    with pytest.raises(UserError, match=r"bad\.csv: line 2, column azimuth_deg: wanted a number"):
        track([bad], None, None)
    with pytest.raises(UserError, match=r"none\.csv: cannot be read \(No such file or directory\)"):
        track([tmp_path / "none.csv"], None, None)
    bad.write_text(GOOD.format("gabala").replace("05-20T06:00:00", "06-30T23:59:60"))
    with pytest.raises(UserError, match=r"bad\.csv: row 0: UTC had no such second on that day"):
        track([bad], None, None)
    for day in ("1971-05-20", "9999-05-20"):
        bad.write_text(GOOD.format("gabala").replace("2009-05-20", day))
        with pytest.raises(UserError, match=rf"bad\.csv: measurement 1: .*from 1972 to 2261, got one of {day}"):
            track([bad], None, None)
    bad.write_bytes(gzip.compress(GOOD.encode()))
    with pytest.raises(UserError, match=r"bad\.csv: packed with gzip; unpack it first"):
        track([bad], None, None)
    barycentric = tdm(tmp_path / "a.tdm", [Row(START, "gabala", (1e6, 1.0, 0.5), (1, 1, 1))], system="TDB")
    with pytest.raises(UserError, match=r"a\.tdm: measurements are taken in UTC .* in TDB; convert it first"):
        track([barycentric], None, None)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UserError, match="exists and is no empty folder; name a new one"):
        track([bad], None, tmp_path / "full")


def test_an_interrupt_keeps_what_is_known_by_then(plots: dict[str, list[Row]], tmp_path: Path) -> None:
    taken = recording.read([csv(tmp_path / "a.csv", plots["gabala"])])

    def stop(scans: int) -> None:
        if scans == 60:
            raise KeyboardInterrupt

    found = recording_tracks.follow(taken, {"gabala": sensor("gabala")}, stop)
    assert found.interrupted
    assert found.scans_followed == 60
    assert len(found.tracks) == 1


def test_an_interrupt_in_the_midst_of_a_scan_waits_for_its_end(
    plots: dict[str, list[Row]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled code would turn it into an error of another kind."""
    taken = recording.read([csv(tmp_path / "a.csv", plots["gabala"])])
    scan_one = Tracker.scan

    def interrupted(tracker: Tracker, seen: Plots) -> None:
        if len(tracker.tracks()) and tracker.tracks()[0].plots == 30:
            signal.raise_signal(signal.SIGINT)
        scan_one(tracker, seen)

    monkeypatch.setattr(Tracker, "scan", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins with it ignored
    try:
        work = followed(taken, {"gabala": sensor("gabala")})
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert work.found.interrupted
    assert work.found.tracks[0].track.plots == 31


def test_very_many_unknown_sensors_are_refused_soon(tmp_path: Path) -> None:
    head, row = GOOD.splitlines()[:2]
    many = tmp_path / "many.csv"
    many.write_text("\n".join([head, *(row.format(f"S{n}") for n in range(30_000))]) + "\n")
    start = process_time()
    with pytest.raises(UserError, match="sensors S0, S1, S2, S3, S4 and 29995 more"):
        track([many], None, None)
    assert process_time() - start < 60.0


@pytest.mark.parametrize("count", [1, 3, 6])
def test_objects_whose_rows_take_turns_are_all_followed(tmp_path: Path, count: int) -> None:
    """A radar that dwells on one object after the other gives each row an instant of its own."""
    rng, rows = np.random.default_rng(count), []
    site, sigma = sensor("gabala").site, np.array([100.0, 1e-3, 1e-3])
    start = np.array([3.2e6, 4.6e6, 4.2e6, 4500.0, -3000.0, 1500.0])
    for k in range(30 * count):
        moved = start + np.array([0, 0, 3e5 * (k % count), 0, 0, 0])
        x = coast.propagate_arrays(moved[None], float(k) * 5 / count)
        z = predict(site, x[:, :3])[0] + sigma * rng.normal(size=3)
        rows.append(Row(START + k * 5 * NS_PER_S // count, "gabala", z.tolist(), sigma.tolist()))
    taken = recording.read([csv(tmp_path / "a.csv", rows)])
    found = recording_tracks.follow(taken, {"gabala": sensor("gabala")})
    assert len(found.tracks) == count
    assert all(each.track.plots >= 28 for each in found.tracks)


def history(seconds: np.ndarray, climb_m_s: float, boost: float = 0.9) -> History:
    """Return estimates 200 km over the equator, climbing so fast, under thrust with so much probability."""
    x = np.tile([6_578_137.0, 0.0, 0.0, climb_m_s, 6_000.0, 0.0], (len(seconds), 1))
    times = START + np.round(seconds * NS_PER_S).astype(np.int64)
    names = (("gabala",),) * len(seconds)
    return History("T-1", times, x, np.tile(np.eye(6), (len(seconds), 1, 1)), np.full(len(seconds), boost), names)


def test_of_a_fast_radar_the_last_estimate_of_each_look_is_asked() -> None:
    slow = history(np.arange(0.0, 60.0, 1.0), 10.0)
    assert recording_tracks.spaced(slow) is slow
    fast = recording_tracks.spaced(history(np.arange(0.0, 60.05, 0.1), 10.0))
    seconds = (fast.time_tai_ns - START) / NS_PER_S
    np.testing.assert_allclose(np.diff(seconds[:-1]), 2.5)
    assert seconds[[0, -1]] == pytest.approx([2.4, 60.0])
    assert len(fast.radars) == len(fast.x) == len(fast.P) == len(fast)


def test_the_guide_makes_its_files_and_shows_what_is_printed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the letter as far as the reader goes; from the tracks on, whose digits belong to the tracker, in its words."""
    monkeypatch.chdir(tmp_path)
    guide = REPOSITORY / "docs" / "guide" / "track.md"
    assert doctest.testfile(str(guide), module_relative=False) == (0, 10)
    code, text = run(Path("gabala.csv"), Path("armavir.csv"), out=Path("sejil"))
    assert code == 0
    shown = re.search(r"\$ jointwatch track .*?\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    assert shown is not None
    told, printed = ([line.rstrip() for line in part.splitlines()] for part in (shown[1], text))
    tracks = told.index("")
    assert printed[:tracks] == told[:tracks]
    words = [[line.split()[0] for line in part[tracks:] if line.strip()] for part in (told, printed)]
    assert [re.sub(r"[0-9]+", "0", word) for word in words[0]] == [re.sub(r"[0-9]+", "0", word) for word in words[1]]
    with (tmp_path / "sites.toml").open("w") as stream:
        stream.write(re.search(r"```toml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)[1])
    assert set(read_sites(tmp_path / "sites.toml")) == {"GABALA-2", "RADAR-A"}


def test_a_radar_that_lies_is_named(run: Run, tmp_path: Path, sejil: Flown, plots: dict[str, list[Row]]) -> None:
    """One of two is a degree off in azimuth: which of them, two cannot know."""
    wrong = [Row(r.tai_ns, "gabala", [r.z[0], r.z[1] + np.radians(1.0), r.z[2]], r.sigma) for r in plots["gabala"]]
    out = tmp_path / "out"
    _, text = run(csv(tmp_path / "all.csv", plots["armavir"] + wrong), out=out)
    flat = " ".join(text.split())
    found = re.search(r"doubted: (\w+), azimuth off by [+-][0-9.]+ ± [0-9.]+ ° since .*?, against what (\w+) saw", flat)
    assert found is not None
    assert {found[1], found[2]} == {"gabala", "armavir"}
    (doubt, *_) = json.loads((out / "estimates.json").read_text())["doubts"]
    assert not doubt["certain"]
    if doubt["sensor"] == "gabala":
        assert np.degrees(doubt["offset_si"]) == pytest.approx(1.0, abs=0.3)


MISSIONS = ("FormoSat-5", "SpaceX CRS-8", "ZUMA")
"""One into a high orbit, one whose second stage sinks under thrust, and one of which only the first stage is known."""
WITHIN_S = 12.0  # of burnout: two scans and their noise


@pytest.mark.skipif(not ASCENTS.is_dir(), reason="needs the 30 ascents in ../shared/data/ascent")
def test_real_ascents_are_followed_to_burnout_and_told_from_missiles_as_fast() -> None:
    """`make bench` does it with all thirty; to call everything a space launch scores less than one half."""
    cases = [case for name in MISSIONS for case in ascents.pair(ASCENTS / name, seed=MISSIONS.index(name))]
    print("\n".join(ascents.table(cases)))
    assert all(case.tracks == 1 for case in cases), "one track through staging and burnout"
    scored = [case for case in cases if case.truth != ascents.BURNING]
    assert all(case.verdict == case.truth for case in scored)
    assert sum(case.truth == ascents.SPACE for case in scored) < len(scored) / 2
    assert all(case.verdict == "undecided" for case in cases if case.truth == ascents.BURNING)
    late_s = np.array([case.burnout_late_s for case in scored])
    assert np.nanmax(np.abs(late_s)) < WITHIN_S
    assert np.isnan(late_s).sum() <= 1, "the missile of 45 s burns out soon after it is first seen"
    assert np.median(np.concatenate([case.nees for case in cases])) < 9.0, "5.3 if all were well"
