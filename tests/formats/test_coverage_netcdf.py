"""The grid as NetCDF: it comes back as it was, and says in the words of the CF conventions what it holds."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray

from jointwatch.formats import coverage_netcdf


@pytest.fixture
def grids() -> dict:
    rng = np.random.default_rng(1)
    heights = rng.uniform(1e4, 1e6, (2, 5, 8)).astype(np.float32)
    heights[0, 0] = np.nan
    return {
        "radars": ["gabala", "armavir"],
        "latitude_deg": np.linspace(-90, 90, 5),
        "longitude_deg": np.linspace(-180, 135, 8),
        "altitude_m": 200e3,
        "rcs_m2": [1.0, 0.3],
        "radar_latitude_deg": [40.87, 44.93],
        "radar_longitude_deg": [47.8, 40.98],
        "radar_height_m": [0.0, 0.0],
        "probability": rng.uniform(0, 1, (2, 5, 8)).astype(np.float32),
        "lowest_visible_m": heights,
        "first_detection_m": heights + 1.0,
        "first_radar": rng.integers(-1, 2, (5, 8)),
        "attributes": {"title": "Coverage", "history": "jointwatch coverage gabala armavir"},
    }


@pytest.fixture
def read(tmp_path: Path, grids: dict) -> xarray.Dataset:
    coverage_netcdf.write(coverage_netcdf.dataset(**grids), tmp_path / "c.nc")
    with xarray.open_dataset(tmp_path / "c.nc", engine="h5netcdf") as data:
        return data.load()


def test_what_is_read_is_what_was_written(read: xarray.Dataset, grids: dict) -> None:
    assert read["radar"].values.tolist() == grids["radars"]
    for name, key in (
        ("detection_probability", "probability"),
        ("lowest_visible_altitude", "lowest_visible_m"),
        ("first_detection_altitude", "first_detection_m"),
        ("first_radar", "first_radar"),
    ):
        np.testing.assert_array_equal(read[name], grids[key])
    gabala = read.sel(radar="gabala")
    assert float(gabala["radar_latitude"]) == 40.87
    assert float(read["altitude"]) == 200e3


def test_every_number_has_a_unit_and_a_meaning(read: xarray.Dataset) -> None:
    assert read.attrs["Conventions"] == "CF-1.11"
    assert read.attrs["title"] == "Coverage"
    for name, values in read.variables.items():
        if values.dtype.kind in "fi" and name != "crs":
            assert "units" in values.attrs, name
            assert {"long_name", "standard_name"} & set(values.attrs) or name.startswith("radar_"), name
    assert read["latitude"].attrs["standard_name"] == "latitude"
    assert read["crs"].attrs["grid_mapping_name"] == "latitude_longitude"
    for name in ("detection_probability", "lowest_visible_altitude", "first_detection_altitude", "first_radar"):
        assert (read[name].attrs | read[name].encoding)["grid_mapping"] == "crs"
    meanings = read["first_radar"].attrs["flag_meanings"].split()
    assert dict(zip(read["first_radar"].attrs["flag_values"].tolist(), meanings, strict=True)) == {
        -1: "none", 0: "gabala", 1: "armavir",
    }  # fmt: skip


def test_other_readers_open_it_and_it_is_compressed(tmp_path: Path, grids: dict) -> None:
    coverage_netcdf.write(coverage_netcdf.dataset(**grids), tmp_path / "c.nc")
    with h5py.File(tmp_path / "c.nc") as file:
        grid = file["lowest_visible_altitude"]
        assert grid.compression == "gzip"
        assert grid.shape == (2, 5, 8)
        assert np.isnan(grid[0, 0]).all()
        assert grid.attrs["units"] == "m"


def test_flights_stand_beside_the_grid(tmp_path: Path, grids: dict) -> None:
    r, v, m = 2, 3, 2
    data = coverage_netcdf.with_flights(
        coverage_netcdf.dataset(**grids), regions=["iran", "levant"], vehicles=["a", "b", "c"], flights=100,
        detected=np.full((r, v, m), 0.5), detected_by_any=np.full((r, v), 0.6), first_s=np.full((r, v, m), np.nan),
        first_by_any_s=np.full((r, v), 120.0), with_gap=np.zeros((r, v)), longest_gap_s=np.zeros((r, v)),
        hand_overs=np.ones((r, v, m, m), dtype=np.int64), overlap_s=np.full((r, v, m, m), -5.0),
    )  # fmt: skip
    coverage_netcdf.write(data, tmp_path / "c.nc")
    with xarray.open_dataset(tmp_path / "c.nc") as back:
        one = back.sel(region="iran", vehicle="b", radar="gabala", radar_to="armavir")
        assert (float(one["flights_detected"]), float(one["flights_detected_by_any"])) == (0.5, 0.6)
        assert float(one["hand_over_overlap"]) == -5.0
        assert "100 flights" in back["hand_overs"].attrs["long_name"]
