"""`jointwatch track` on real tracking of a satellite, against what Orekit made of the same numbers.

Orekit's figures are those of its own test of this case (NumericalOrbitDeterminationTest.testW3B, Apache-2.0, version
of 2024): batch least squares with a field of degree 20, Moon, Sun, air, light, and a leak of two terms for each axis.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer

from jointwatch.cli.track import track
from jointwatch.earth.frames import ecef_from_gcrs, gcrs_from_eme2000
from jointwatch.earth.states import Ecef, Eme2000
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.flight import coast
from jointwatch.flight.orbit import apogee_height_m, inclination_rad, perigee_height_m
from jointwatch.formats import oem_kvn

from . import w3b

needs_data = pytest.mark.skipif(not w3b.DATA.is_dir(), reason="needs ../shared/data/tracking/W3B")

EPOCH = tai_ns_from_utc("2010-11-02T02:56:15.690Z")
OREKIT_STATE = np.array([-40541446.380, -9905353.045, 206780.170, 759.0684, -1476.5159, 54.7928])  # EME2000
OREKIT_BIAS = {  # azimuth and elevation, degrees; range, metres, without that of the transponder
    "CastleRock": (0.062701342, -0.003613508, 11274.8335),
    "Fucino": (-0.053526137, 0.075483886, 13467.7253),
    "Kumsan": (-0.023574208, -0.054520756, 13513.3007),
    "Pretoria": (0.030201539, 0.009747877, 13593.6300),
    "Uralla": (0.167814449, -0.12305252, 13450.5792),
}
OREKIT_LEAK_M_S2 = 7.977e-6
OTHER_AIR_DEG = 0.015  # between two models of refraction at elevations of 20 degrees and more
ANGLE_DEG = 0.004


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder that the command wrote, and what it printed on a terminal of 80 columns."""
    folder = tmp_path_factory.mktemp("w3b")
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(StringIO()) as screen:
        patched.setenv("COLUMNS", "80")
        with pytest.raises(typer.Exit) as ended:
            track([w3b.tdm(folder / "w3b.tdm")], w3b.sites(folder / "sites.toml"), folder / "out")
    assert ended.value.exit_code == 0
    return folder / "out", screen.getvalue()


@pytest.fixture(scope="module")
def told(run: tuple[Path, str]) -> Path:
    return run[0]


@pytest.fixture(scope="module")
def printed(run: tuple[Path, str]) -> str:
    return run[1]


@pytest.fixture(scope="module")
def orbit(told: Path) -> dict:
    (found,) = json.loads((told / "estimates.json").read_text())["orbits"]
    return found


@needs_data
def test_all_numbers_lie_on_the_path_as_near_as_their_sigmas_say(orbit: dict) -> None:
    """Orekit leaves 4.4 m, 0.0101 and 0.0116 degrees of all numbers."""
    square = {"range": [], "azimuth": [], "elevation": []}
    for each in orbit["residuals"]:
        assert each["set_aside"] == 0
        unit = "m" if each["kind"] == "range" else "deg"
        assert each[f"rms_{unit}"] < each[f"sigma_{unit}"]
        square[each["kind"]] += [each[f"rms_{unit}"] ** 2] * each["numbers"]
    counts = {kind: len(rows) for kind, rows in square.items()}
    assert counts == {"range": 182, "azimuth": 339, "elevation": 339}
    rms = {kind: float(np.sqrt(np.mean(rows))) for kind, rows in square.items()}
    print(f"left: {rms['range']:.1f} m, {rms['azimuth']:.4f} and {rms['elevation']:.4f} degrees")
    assert rms["range"] < 10.0
    assert rms["azimuth"] < 0.011
    assert rms["elevation"] < 0.014


@needs_data
def test_the_biases_are_those_that_orekit_finds(orbit: dict) -> None:
    for each in orbit["residuals"]:
        azimuth, elevation, range_ = OREKIT_BIAS[each["sensor"]]
        if each["kind"] == "range":
            assert abs(each["bias_m"] - w3b.ON_BOARD_M - range_) < 3 * each["sigma_bias_m"]
            assert each["sigma_bias_m"] < 150.0, "of 20 km that were left open"
        elif each["kind"] == "azimuth":
            assert each["bias_deg"] == pytest.approx(azimuth, abs=ANGLE_DEG)
        else:
            assert each["bias_deg"] == pytest.approx(elevation, abs=OTHER_AIR_DEG)


@needs_data
def test_the_leak_is_found_by_what_it_does(orbit: dict) -> None:
    assert abs(orbit["push_m_s2"] - OREKIT_LEAK_M_S2) < 3 * orbit["sigma_push_m_s2"]
    assert orbit["push_m_s2"] > 5 * orbit["sigma_push_m_s2"]


@needs_data
def test_the_state_is_orekits(told: Path) -> None:
    table = pl.read_parquet(told / "tracks.parquet")
    state = table.select("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s").to_numpy()[:1]
    back_s = (EPOCH - table["tai_ns"][0]) / 1e9
    ours = coast.propagate(Ecef(state), back_s)
    theirs = ecef_from_gcrs(gcrs_from_eme2000(Eme2000(OREKIT_STATE[None])), EPOCH)
    P = np.zeros((6, 6))
    P[np.tril_indices(6)] = table["covariance"][0].to_numpy()
    P = P + np.tril(P, -1).T
    off = (ours - theirs)[0]
    print(f"{np.linalg.norm(off[:3]):.0f} m and {np.linalg.norm(off[3:]):.3f} m/s from Orekit's state")
    assert off @ np.linalg.solve(P, off) < 30.0, "of 6; the two models of force differ, and see the same numbers"


@needs_data
def test_the_forces_are_stated(orbit: dict) -> None:
    size = {each["force"].split(",")[0]: each["greatest_m_s2"] for each in orbit["forces"]}
    assert 8e-6 < size["Moon"] < 1.2e-5
    assert 2e-6 < size["Sun"] < 4e-6
    assert size["light of the Sun"] == pytest.approx(9.3e-8, rel=0.05)
    outside = {each["force"].split(",")[0] for each in orbit["forces"] if not each["in_path"]}
    assert outside == {"light of the Sun", "air"}


@needs_data
def test_the_ephemeris_is_of_the_whole_arc_with_covariances(told: Path) -> None:
    (segment,) = oem_kvn.read(told / "oem" / "O-0001.oem").segments
    assert segment.metadata.object_name == "W3B"
    assert "smoothed" in segment.metadata.comments[0]
    assert len(segment.covariances.matrix) == len(segment.ephemeris) > 521
    assert (np.linalg.eigvalsh(segment.covariances.matrix) > 0).all()


@needs_data
def test_the_guide_shows_what_is_printed(told: Path, printed: str) -> None:
    """Line by line in its words; the digits belong to the estimate."""
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "track.md").read_text("utf-8")
    shown = re.search(r"\$ jointwatch track w3b\.tdm .*?\n(.*?)```", guide, re.DOTALL)
    assert shown is not None
    words = [[re.sub(r"[0-9]+", "0", line.split()[0]) for line in text.splitlines()[1:] if line.strip()]
             for text in (shown[1], printed)]  # fmt: skip
    assert words[0] == words[1]


@needs_data
def test_another_reader_finds_the_same_states_and_covariances(told: Path) -> None:
    """ccsds-ndm, GPL, is an oracle only."""
    ndm = pytest.importorskip("ccsds_ndm.ndm_io", reason="ccsds-ndm is not installed; `make bench` brings it")
    (theirs,) = ndm.NdmIo().from_path(str(told / "oem" / "O-0001.oem")).body.segment
    table = pl.read_parquet(told / "tracks.parquet").filter(pl.col("track") == "O-0001")
    assert len(theirs.data.state_vector) == len(theirs.data.covariance_matrix) == len(table)
    for row in (0, 100, -1):
        assert float(theirs.data.state_vector[row].x.value) * 1e3 == pytest.approx(table["x_m"][row], rel=1e-12)
        covariance = theirs.data.covariance_matrix[row]
        ours = table["covariance"][row]
        assert float(covariance.cx_x.value) * 1e6 == pytest.approx(ours[0], rel=1e-12)
        assert float(covariance.cz_dot_z_dot.value) * 1e6 == pytest.approx(ours[20], rel=1e-12)


PASS = w3b.DATA.parents[1] / "ccsds" / "beyond"
TOULOUSE = """[sites.Toulouse]
latitude_deg = 43.604482
longitude_deg = 1.443962
height_m = 172.0
sigma_range_m = 20.0
sigma_azimuth_deg = 0.02
sigma_elevation_deg = 0.02
round_trip = {}
"""


@pytest.mark.skipif(not PASS.is_dir(), reason="needs ../shared/data/ccsds/beyond")
@pytest.mark.parametrize("name", ["tdm.kvn", "tdm.xml"])
def test_a_public_message_of_one_pass_over_a_station_is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The International Space Station over Toulouse, from a public test file; its ranges are there and back."""
    sites = tmp_path / "sites.toml"
    for round_trip, code in (("true", 0), ("false", 1)):
        sites.write_text(TOULOUSE.format(round_trip))
        with pytest.raises(typer.Exit) as ended:
            track([PASS / name], sites, tmp_path / f"out-{round_trip}")
        assert ended.value.exit_code == code
    (found,) = json.loads((tmp_path / "out-true" / "estimates.json").read_text())["tracks"]
    assert found["plots"] == {"Toulouse": 108}
    assert found["estimates"][-1]["verdict"] == "space launch"
    table = pl.read_parquet(tmp_path / "out-true" / "tracks.parquet")
    last = Ecef(table.select("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s").to_numpy()[-1:])
    assert np.degrees(inclination_rad(last)[0]) == pytest.approx(51.6, abs=0.1)
    assert 335e3 < perigee_height_m(last)[0] < apogee_height_m(last)[0] < 370e3


ROWS = "time_utc,sensor,object,range_m,azimuth_deg,elevation_deg\n" + "".join(
    f"2010-11-02T03:{minute:02d}:00Z,X,{{}},{38e6 + 1e4 * minute if minute % 2 else ''},"
    f"{'' if minute % 2 else 100},{'' if minute % 2 else 30}\n"
    for minute in range(30)
)
SITE = "[sites.X]\nlatitude_deg = 1.0\nlongitude_deg = 2.0\nsigma_range_m = 20\nsigma_azimuth_deg = 0.02\n"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (lambda text: text.format(*["A"] * 30), r"no orbit of A: the numbers agree on no path"),
        (lambda text: "\n".join(r for r in text.format(*[""] * 30).split("\n") if ",100," not in r),
         r"no orbit of what has no name: no sensor has angles .* between two ranges"),
    ],
)  # fmt: skip
def test_numbers_of_which_no_orbit_can_be_made_are_told_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: Callable[[str], str], words: str
) -> None:
    table, sites = tmp_path / "a.csv", tmp_path / "sites.toml"
    table.write_text(rows(ROWS))
    sites.write_text(SITE + "sigma_elevation_deg = 0.02\n")
    with pytest.raises(typer.Exit) as ended:
        track([table], sites, None)
    assert ended.value.exit_code == 1
    assert re.search(words, " ".join(capsys.readouterr().out.split()))
