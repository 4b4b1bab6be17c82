"""Every picture of a run as a table, one row per track: the record that a replay is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from jointwatch.messages.picture import Picture, PictureTrack, Snapshot

if TYPE_CHECKING:
    import polars as pl

NUMBERS = ("latitude_deg", "longitude_deg", "altitude_km", "speed_km_s", "heading_deg", "p_space")
WORDS = ("id", "status", "phase", "first_seen_utc", "last_seen_utc", "verdict", "range_class", "reason")


def tracks_table(snapshots: Iterable[Snapshot]) -> pl.DataFrame:
    """Return the tracks of every picture, in the order in which they were shown."""
    import polars as pl

    rows = [row(picture, track) for s in snapshots for picture in s.pictures for track in picture.tracks]
    return pl.DataFrame(rows, schema=_schema(pl), orient="row")


def row(picture: Picture, track: PictureTrack) -> dict[str, Any]:
    """Return one track of one picture as a row; `view` holds the whole of it as JSON, to the bit."""
    plain = {name: getattr(track, name) for name in (*WORDS, *NUMBERS)}
    sigmas = dict(zip(("sigma_1_km", "sigma_2_km", "sigma_3_km"), track.sigma_km, strict=True))
    return {
        "perspective": picture.perspective,
        "as_of_tai_ns": picture.as_of_tai_ns,
        "as_of_utc": picture.as_of_utc,
        **plain,
        **sigmas,
        "plots": track.plots,
        "sources": ",".join(track.sources),
        "owners": ",".join(track.owners),
        "view": msgspec.json.encode(track).decode(),
    }


def _schema(pl: Any) -> dict[str, Any]:
    words = {"perspective": pl.String, "as_of_tai_ns": pl.Int64, "as_of_utc": pl.String} | dict.fromkeys(
        WORDS, pl.String
    )
    numbers = dict.fromkeys((*NUMBERS, "sigma_1_km", "sigma_2_km", "sigma_3_km"), pl.Float64)
    return words | numbers | {"plots": pl.Int64, "sources": pl.String, "owners": pl.String, "view": pl.String}
