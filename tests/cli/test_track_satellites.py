"""`jointwatch track --catalogue` and `jointwatch run --catalogue`: satellites are named, other catalogues refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer

from jointwatch.cli.errors import UserError
from jointwatch.cli.stage import ready
from jointwatch.cli.track import track
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc, utc_from_tai_ns
from jointwatch.formats.tle import read_tle
from jointwatch.formats.tle_text import write_tle
from jointwatch.sensors.schedule import scan
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.sky import Sky, made
from jointwatch.studies.sky_given import Family, SizesGiven, SkyGiven

START = tai_ns_from_utc("2022-01-22T18:20:00Z")
LOW = Family(
    name="low",
    count=1,
    perigee_km=(500, 600),
    apogee_km=(700, 800),
    inclination_deg=(45, 70),
    debris=0,
    rocket_bodies=0,
)
HEADER = "time_utc,sensor,range_m,azimuth_deg,elevation_deg,sigma_range_m,sigma_azimuth_deg,sigma_elevation_deg\n"


@pytest.fixture(scope="module")
def sky() -> Sky:
    given = SkyGiven(objects=300, source="-", families=(LOW,), sizes=SizesGiven(payloads=(10.0, 1.0)))
    return made(given, 3, START)


@pytest.fixture
def catalogue(sky: Sky, tmp_path: Path) -> Path:
    path = tmp_path / "sky.txt"
    path.write_bytes(sky.text)
    return path


@pytest.fixture(scope="module")
def measurements(sky: Sky, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes of Armavir under that sky, as a table."""
    radar, _ = catalogue_radar("armavir")
    rng, rows = np.random.default_rng(2), [HEADER]
    for k in range(24):
        now = START + 5 * k * NS_PER_S
        _, there, rcs_m2 = sky.over(radar, now)
        plots = scan(radar, radar.faces, now, there, rcs_m2, rng)
        z, sigma = (np.column_stack([part[:, 0], np.degrees(part[:, 1:])]).tolist() for part in (plots.z, plots.sigma))
        time = utc_from_tai_ns(now, digits=3)
        rows += [",".join([time, "armavir", *map(str, [*a, *b])]) + "\n" for a, b in zip(z, sigma, strict=True)]
    path = tmp_path_factory.mktemp("recorded") / "armavir.csv"
    path.write_text("".join(rows))
    return path


def test_satellites_are_listed_by_name_and_number_and_asked_nothing_about_a_launch(
    measurements: Path, catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        track([measurements], catalogue=catalogue)
    said = capsys.readouterr().out
    assert ended.value.exit_code == 0
    named = [line for line in said.splitlines() if line.startswith("   200") or " LOW " in line]
    assert len(named) >= 5
    assert "launch " not in said


def test_a_catalogue_of_another_time_is_refused_in_a_sentence(measurements: Path, sky: Sky, tmp_path: Path) -> None:
    old = tmp_path / "old.txt"
    earlier = [replace(each, epoch=each.epoch.replace("2022", "2021")) for each in read_tle(sky.text).elements]
    old.write_text(write_tle(earlier))
    with pytest.raises(UserError, match=r"old\.txt: .* are of 2021-01-22, the measurements begin on 2022-01-22; give"):
        track([measurements], catalogue=old)


def test_a_run_names_the_catalogue_it_cannot_take(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match=r"absent: cannot be read .* give a file of element sets"),
        ready("full-sky", None, catalogue=tmp_path / "absent"),
    ):
        pass
