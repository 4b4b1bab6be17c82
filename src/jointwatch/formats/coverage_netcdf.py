"""Coverage on a grid as NetCDF: written after the CF conventions, so that any tool of the field knows what is in it.

Source: CF Metadata Conventions 1.11 (2023): sections 2.6 (attributes), 3.1 (units), 3.5 (flags), 4 (coordinates),
5.6 (grid mappings). xarray is imported when a data set is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray

Numbers = NDArray[np.floating[Any]]
_GRID = ("radar", "latitude", "longitude")


def dataset(
    *,
    radars: Sequence[str],
    latitude_deg: Numbers,
    longitude_deg: Numbers,
    altitude_m: float,
    rcs_m2: Sequence[float],
    radar_latitude_deg: Sequence[float],
    radar_longitude_deg: Sequence[float],
    radar_height_m: Sequence[float],
    probability: Numbers,
    lowest_visible_m: Numbers,
    first_detection_m: Numbers,
    first_radar: NDArray[np.integer[Any]],
    attributes: Mapping[str, str],
) -> xarray.Dataset:
    """Return the grid as an xarray data set: probability, lowest visible and first detected height of each radar.

    probability, lowest_visible_m, first_detection_m: (radars, latitudes, longitudes). first_radar: (latitudes,
    longitudes), number in `radars`, -1 for none. attributes: of the whole: title, source, history, references, ...
    """
    import xarray

    def grid(values: Numbers, **said: str) -> tuple[tuple[str, ...], Numbers, dict[str, Any]]:
        return _GRID, values.astype(np.float32), {**said, "grid_mapping": "crs", "coordinates": "altitude radar_rcs"}

    first = {"long_name": "radar that detects a rising object first", "grid_mapping": "crs", "units": "1"}
    flags = {"flag_values": np.arange(-1, len(radars), dtype=np.int16), "flag_meanings": " ".join(["none", *radars])}
    height = "height over the ellipsoid"
    return xarray.Dataset(
        {
            "detection_probability": grid(
                probability, long_name="probability of detection in one look at the altitude", units="1"
            ),
            "lowest_visible_altitude": grid(
                lowest_visible_m,
                long_name=f"lowest {height} in the field of regard, with refraction and without terrain",
                units="m",
            ),
            "first_detection_altitude": grid(
                first_detection_m,
                long_name=f"lowest {height} at which one look detects with probability one half",
                units="m",
            ),
            "first_radar": (_GRID[1:], first_radar.astype(np.int16), first | flags),
            "crs": ((), np.int32(0), _WGS84),
        },
        coords={
            "radar": ("radar", np.array(radars, dtype=object), {"long_name": "name of the radar"}),
            "latitude": ("latitude", latitude_deg, _axis("latitude", "degrees_north", "Y")),
            "longitude": ("longitude", longitude_deg, _axis("longitude", "degrees_east", "X")),
            "altitude": ((), float(altitude_m), _axis("height_above_reference_ellipsoid", "m", "Z")),
            "radar_latitude": ("radar", np.array(radar_latitude_deg), {"units": "degrees_north"}),
            "radar_longitude": ("radar", np.array(radar_longitude_deg), {"units": "degrees_east"}),
            "radar_height": ("radar", np.array(radar_height_m), {"units": "m"}),
            "radar_rcs": ("radar", np.array(rcs_m2), {"long_name": "mean cross-section of the object", "units": "m2"}),
        },
        attrs={"Conventions": "CF-1.11", **attributes},
    )


def with_flights(
    data: xarray.Dataset,
    *,
    regions: Sequence[str],
    vehicles: Sequence[str],
    flights: int,
    detected: Numbers,
    detected_by_any: Numbers,
    first_s: Numbers,
    first_by_any_s: Numbers,
    with_gap: Numbers,
    longest_gap_s: Numbers,
    hand_overs: NDArray[np.integer[Any]],
    overlap_s: Numbers,
) -> xarray.Dataset:
    """Return the data set with what the radars make of flights, per region and class of vehicle.

    detected, first_s: (regions, vehicles, radars); those by any, and gaps: (regions, vehicles); hand_overs, overlap_s:
    (regions, vehicles, radars, radars). flights: how many of each.
    """
    whole, each = ("region", "vehicle"), ("region", "vehicle", "radar")
    pairs = (*each, "radar_to")
    of = f"of {flights} flights of the class out of the region"
    return data.assign(
        flights_detected=(each, detected, {"long_name": f"share {of} that is detected", "units": "1"}),
        flights_detected_by_any=(whole, detected_by_any, {"long_name": f"share {of} that any detects", "units": "1"}),
        first_detection_time=(each, first_s, {"long_name": f"median {of}: first detection", "units": "s"}),
        first_detection_time_by_any=(whole, first_by_any_s, {"long_name": f"median {of}: first by any", "units": "s"}),
        flights_with_gap=(whole, with_gap, {"long_name": f"share {of} with a gap between detections", "units": "1"}),
        longest_gap=(whole, longest_gap_s, {"long_name": f"longest gap {of}", "units": "s"}),
        hand_overs=(pairs, hand_overs, {"long_name": f"hand-overs {of} from radar to radar_to", "units": "1"}),
        hand_over_overlap=(
            pairs,
            overlap_s,
            {"long_name": "mean time both held it before the hand-over; negative: a gap", "units": "s"},
        ),
    ).assign_coords(
        region=("region", np.array(regions, dtype=object), {"long_name": "region of launch"}),
        vehicle=("vehicle", np.array(vehicles, dtype=object), {"long_name": "class of vehicle"}),
        radar_to=("radar_to", data["radar"].to_numpy(), {"long_name": "name of the radar that takes over"}),
    )


def write(data: xarray.Dataset, path: Path) -> None:
    """Write a data set as NetCDF-4, compressed."""
    packed = {name: {"zlib": True, "complevel": 4} for name, values in data.data_vars.items() if values.ndim > 1}
    # made in memory: on a full disk HDF5 ends the process when it comes to close its file
    path.write_bytes(data.to_netcdf(engine="h5netcdf", encoding=packed))


_WGS84 = {
    "grid_mapping_name": "latitude_longitude",
    "semi_major_axis": 6_378_137.0,
    "inverse_flattening": 298.257_223_563,
}


def _axis(name: str, units: str, axis: str) -> dict[str, str]:
    up = {"positive": "up"} if axis == "Z" else {}
    return {"standard_name": name, "units": units, "axis": axis, **up}
