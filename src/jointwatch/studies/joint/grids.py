"""A study's package, sites and rings as grids with names and units: the groups of its NetCDF file.

Launches, architectures, parties and assumptions are those of the file's first grid, in the same order; what a study
does not ask for has no group.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jointwatch.studies.joint.chunk import Plan
from jointwatch.studies.joint.results import axes_of, filled
from jointwatch.studies.joint.sites import Ring, rings_of
from jointwatch.studies.joint.strategic import PARTS, WITHIN, ReachRow
from jointwatch.studies.joint.worth import WorthRow

if TYPE_CHECKING:
    import xarray

PACKAGE, SITES, RINGS = "package", "sites", "rings"
NOTHING = "none"  # of no element, of neither alternative
_OF = {
    "subset": "subset", "alone": "element", "on_top": "element", "share": "element", "together": "pair",
    "alternative": "alternative", "adds": "adding", "more_together": "both",
}  # fmt: skip
"""Of each figure of a package the axis of what it is of."""


def groups(plan: Plan, worth: Sequence[WorthRow], reach: Sequence[ReachRow]) -> dict[str, xarray.Dataset]:
    """Return the grids of a study beside that of its rows, by the names of their groups."""
    found = {}
    if worth:
        found[PACKAGE] = package(plan, worth)
    if reach:
        found[SITES] = sites(plan, reach)
    rings = rings_of(plan.study)
    if rings:
        found[RINGS] = circles(rings)
    return found


def package(plan: Plan, rows: Sequence[WorthRow]) -> xarray.Dataset:
    """Return what the elements of a package are worth: `detected_share` over launches, parties, elements and so on."""
    import xarray

    axes, held = axes_of(plan), {}
    by: dict[tuple[str, str], list[WorthRow]] = {}
    for row in rows:
        by.setdefault((row.measure, row.figure), []).append(row)
        axes.setdefault(_OF[row.figure], [])
        if (row.of or NOTHING) not in axes[_OF[row.figure]]:
            axes[_OF[row.figure]].append(row.of or NOTHING)
    for (measure, figure), some in by.items():
        names = ["launches", "party", "assumptions", _OF[figure], "end"]
        values = filled(some, axes, names, lambda row: {_OF[row.figure]: row.of or NOTHING})
        held[f"{measure}_{figure}"] = xarray.DataArray(values, dims=names, attrs={"units": some[0].unit})
    return _dataset(held, axes)


def sites(plan: Plan, rows: Sequence[ReachRow]) -> xarray.Dataset:
    """Return which mean speeds were needed from each site, and which share of flights is within each speed claimed.

    share: of the flights, how many ask for no more than the speed needed.
    """
    claimed = {_claimed(row): row for row in rows if row.measure == WITHIN}
    axes: dict[str, list[Any]] = axes_of(plan) | {
        "site": [site.name for site in plan.sites],
        "share": list(PARTS.values()),
        "claimed": list(claimed),
    }
    needed = ["launches", "site", "architecture", "party", "assumptions", "share", "end"]
    within = ["launches", "claimed", "architecture", "party", "assumptions", "end"]
    data = _dataset(
        {
            "needed": _array([row for row in rows if row.measure in PARTS], axes, needed, "km/s"),
            "within": _array([row for row in rows if row.measure == WITHIN], axes, within, "share"),
        },
        axes,
    )
    about = {"claimed_of": "site", "claim": "claim", "claimant": "claimant", "speed_km_s": "speed_km_s"}
    held = {name: [getattr(row, of) for row in claimed.values()] for name, of in about.items()}
    return data.assign_coords({name: ("claimed", values) for name, values in held.items()})


def circles(rings: Sequence[Ring]) -> xarray.Dataset:
    """Return the places of each ring, degrees, and whose range it stands for."""
    import xarray

    places = {"latitude": [ring.latitude_rad for ring in rings], "longitude": [ring.longitude_rad for ring in rings]}
    held = {
        name: (("ring", "point"), np.rad2deg(values), {"units": f"degrees_{'north' if name == 'latitude' else 'east'}"})
        for name, values in places.items()
    }
    about = ("title", "claimant", "source", "tag", "range_km")
    coordinates = {name: ("ring", [getattr(ring, name) for ring in rings]) for name in about}
    named = [f"{ring.name}+{ring.claim}" for ring in rings]
    return xarray.Dataset(held, coords={"ring": named, **coordinates})


def _array(rows: Sequence[ReachRow], axes: dict[str, list[Any]], names: list[str], unit: str) -> xarray.DataArray:
    import xarray

    values = filled(rows, axes, names, _of_site)
    return xarray.DataArray(values, dims=names, attrs={"units": unit})


def _of_site(row: ReachRow) -> dict[str, Any]:
    return {"site": row.site, "share": PARTS.get(row.measure), "claimed": _claimed(row)}


def _claimed(row: ReachRow) -> str:
    return f"{row.site}+{row.claim}+{row.speed_km_s:g}"


def _dataset(held: dict[str, xarray.DataArray], axes: dict[str, list[Any]]) -> xarray.Dataset:
    """A grid with the labels of those axes that it has."""
    import xarray

    used = {name for array in held.values() for name in array.dims}
    return xarray.Dataset(held, coords={name: labels for name, labels in axes.items() if name in used})
