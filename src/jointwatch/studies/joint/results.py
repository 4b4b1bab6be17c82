"""The files of a study: its own bytes, its rows as Parquet, and all grids in NetCDF. Each is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.studies.joint.chunk import Plan
from jointwatch.studies.joint.file import StudyError
from jointwatch.studies.joint.intervals import Interval
from jointwatch.studies.joint.measures import ALONE, UNITS, Row, table_of

if TYPE_CHECKING:
    import xarray

STUDY, PARQUET, NETCDF = "study.toml", "results.parquet", "results.nc"
_ENDS = ("value", "low", "high")


class Figured(Interval, Protocol):
    """A figure of launches."""

    @property
    def origin(self) -> str:
        """The region in which they begin."""

    @property
    def to(self) -> str:
        """The region in which they end."""

    @property
    def vehicle(self) -> str:
        """Their class, and what arcs it flies."""


Of = TypeVar("Of", bound=Figured)
Labels: TypeAlias = Callable[[Of], Mapping[str, Any]]


def write(
    plan: Plan, data: bytes, found: Sequence[Row], out: Path, groups: Mapping[str, xarray.Dataset] | None = None
) -> tuple[Path, ...]:
    """Write the files of a study beside its chunks; raises StudyError where one cannot be written.

    groups: more grids of the study, by the names of their groups in the NetCDF file.
    """
    import polars as pl
    import xarray

    tree = xarray.DataTree.from_dict({"/": dataset(plan, found), **(groups or {})})
    return (
        whole(out / STUDY, lambda path: path.write_bytes(data)),
        whole(out / PARQUET, lambda path: pl.DataFrame(table_of(found)).write_parquet(path)),
        whole(out / NETCDF, lambda path: path.write_bytes(_netcdf(tree))),
    )


def _netcdf(tree: xarray.DataTree) -> memoryview:
    """The file of grids, each group with its own labels.

    Made in memory: on a full disk HDF5 ends the process when it comes to close its file.
    """
    made = tree.to_netcdf(engine="h5netcdf", write_inherited_coords=True)
    assert isinstance(made, memoryview)
    return made


def dataset(plan: Plan, found: Sequence[Row]) -> xarray.Dataset:
    """Return rows as a grid: each measure over launches, architecture, party, assumptions, and value, low and high.

    What is no matter of a view (whether places are in reach) is over launches alone; what a radar makes of them by
    itself is over radars instead of parties.
    """
    import xarray

    study, held = plan.study, {}
    axes = axes_of(plan) | {"radar": list(dict.fromkeys(sensor.radar.name for sensor in plan.deployment.sensors))}
    for measure, unit in UNITS.items():
        rows = [row for row in found if row.measure == measure]
        names = _axes_of(measure, rows)
        held[measure] = xarray.DataArray(filled(rows, axes, names, _radar), dims=names, attrs={"units": unit})
    about = {"title": study.title, "study": study.name, "pairs_of_places": study.count, "interval": "95 %"}
    return xarray.Dataset(held, coords=dict(axes), attrs=about)


def axes_of(plan: Plan) -> dict[str, list[Any]]:
    """Return the axes that a study's grids share, with their labels in the order of its file."""
    return {
        "launches": [cell.name for cell in plan.cells],
        "architecture": list(plan.study.architectures),
        "party": list(dict.fromkeys(view.party for view in plan.deployment.views)),
        "assumptions": list(plan.study.assumptions),
        "end": list(_ENDS),
    }


def _axes_of(measure: str, rows: Sequence[Row]) -> list[str]:
    if not measure.startswith(ALONE) and rows and not rows[0].architecture:
        return ["launches", "end"]
    return ["launches", "architecture", "radar" if measure.startswith(ALONE) else "party", "assumptions", "end"]


def _radar(row: Row) -> dict[str, Any]:
    return {"radar": row.radar}


def filled(rows: Sequence[Of], axes: Mapping[str, list[Any]], names: list[str], more: Labels[Of]) -> Floats:
    """Return rows as an array over the axes of these names, the last of which is value, low and high.

    more: the labels of a row on axes that not every row has.
    """
    values = np.full([len(axes[name]) for name in names], np.nan)
    at = {name: {label: i for i, label in enumerate(axes[name])} for name in names}
    for row in rows:
        label = {"launches": f"{row.origin} to {row.to}, {row.vehicle}", **more(row)}
        place = (label[name] if name in label else getattr(row, name) for name in names[:-1])
        values[tuple(at[name][one] for name, one in zip(names, place, strict=False))] = [row.value, row.low, row.high]
    return values


def whole(path: Path, fill: Callable[[Path], object]) -> Path:
    """Return the path of a file that `fill` has written whole; raises StudyError, and leaves none, where it cannot."""
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        fill(beside)
        os.replace(beside, path)
    except OSError as error:
        raise StudyError(
            f"{path}: cannot be written ({error.strerror or error}); the chunks are kept: make room and run it again"
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    return path
