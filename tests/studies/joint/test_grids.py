"""Package, sites and rings read back from NetCDF, each group by itself, hold what their Parquet files hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xarray

from jointwatch.studies.joint import grids, strategic, worth
from jointwatch.studies.joint.file import load
from jointwatch.studies.joint.measures import rows
from jointwatch.studies.joint.results import NETCDF, write
from jointwatch.studies.joint.work import kept, plan_of, work_through

TO = b'"turkey", "europe-south-east", "europe-central", "europe-west"'
DATA = load("europe-2007")[1].replace(b"count = 12500", b"count = 20").replace(TO, b'"turkey"')


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study with a package, a site and rings."""
    folder = tmp_path_factory.mktemp("grids")
    plan = plan_of(DATA)
    found = list(rows(plan, work_through(DATA, folder)))
    valued = list(worth.worth_rows(plan, kept(DATA, folder)))
    needed = list(strategic.reach_rows(plan, kept(DATA, folder)))
    worth.write(valued, folder)
    strategic.write(plan, needed, folder)
    write(plan, DATA, found, folder, grids.groups(plan, valued, needed))
    return folder


def launches(row: dict[str, str]) -> dict[str, str]:
    return {
        "launches": f"{row['origin']} to {row['to']}, {row['vehicle']}",
        "party": row["party"],
        "assumptions": row["assumptions"],
    }


def same(there: xarray.DataArray, row: dict[str, float | str]) -> bool:
    told = [float(row[end]) for end in ("value", "low", "high")]
    return np.array_equal(there, told, equal_nan=True) and there.attrs["units"] == row["unit"]


def test_the_figures_of_the_package_are_in_its_group(out: Path) -> None:
    axes = {"subset": "subset", "together": "pair", "alternative": "alternative", "adds": "adding"}
    table = pl.read_parquet(out / "package.parquet")
    with xarray.open_dataset(out / NETCDF, group="package") as grid:
        for row in table.sample(500, seed=3).iter_rows(named=True):
            of = {"more_together": "both"}.get(row["figure"], axes.get(row["figure"], "element"))
            there = grid[f"{row['measure']}_{row['figure']}"].sel({of: row["of"] or "none", **launches(row)})
            assert same(there, row), row
        assert len(table.drop_nans("value")) == sum(int(grid[name][..., 0].notnull().sum()) for name in grid)


def test_the_speeds_of_the_sites_are_in_theirs(out: Path) -> None:
    table = pl.read_parquet(out / "reach.parquet")
    with xarray.open_dataset(out / NETCDF, group="sites") as grid:
        for row in table.sample(300, seed=3).iter_rows(named=True):
            of = launches(row) | {"architecture": row["architecture"]}
            if row["claim"]:
                name = f"{row['site']}+{row['claim']}+{row['speed_km_s']:g}"
                there = grid["within"].sel({**of, "claimed": name})
                assert (there["claimant"], there["speed_km_s"]) == (row["claimant"], row["speed_km_s"])
            else:
                there = grid["needed"].sel({**of, "site": row["site"], "share": int(row["measure"][-2:]) / 100})
            assert same(there, row), row


def test_every_point_of_the_rings_is_in_theirs(out: Path) -> None:
    table = pl.read_parquet(out / "rings.parquet")
    with xarray.open_dataset(out / NETCDF, group="rings") as grid:
        assert grid["latitude"].size == len(table)
        assert np.array_equal(grid["latitude"].values.ravel(), table["latitude_deg"])
        assert np.array_equal(grid["longitude"].values.ravel(), table["longitude_deg"])
        assert set(grid["claimant"].values) == set(table["claimant"])


def test_all_groups_are_one_tree_whose_labels_agree(out: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(out / NETCDF, tmp_path))
    with xarray.open_datatree(path) as tree:
        assert set(tree.children) == {"package", "sites", "rings"}
        detected = tree["detected"].sel(architecture="none", end="value")
        assert set(detected["party"].values) == set(tree["package/detected_share"]["party"].values)


def test_a_study_that_asks_for_no_more_has_no_groups() -> None:
    assert grids.groups(plan_of(load("phased")[1]), [], []) == {}
