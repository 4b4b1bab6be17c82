"""The files of a programme beside those of its study: the reach map by year as GeoJSON, and all shares missed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from jointwatch.assessment.programme.missed import rule_of_three
from jointwatch.studies.joint.results import whole
from jointwatch.studies.programme.growth import Ring
from jointwatch.studies.programme.noticed import Watched

RINGS, MISSED = "programme-reach.geojson", "programme-missed.parquet"


def write(rings: dict[str, Sequence[Ring]], watched: Sequence[Watched], out: Path) -> tuple[Path, ...]:
    """Write the reach map, its rings by reading, and the shares missed; raises StudyError where that cannot be done."""
    import polars as pl

    text = json.dumps(geojson(rings), ensure_ascii=False, separators=(",", ":"))
    return (
        whole(out / RINGS, lambda path: path.write_text(text, encoding="utf-8")),
        whole(out / MISSED, lambda path: pl.DataFrame([_row(one) for one in watched]).write_parquet(path)),
    )


def geojson(rings: dict[str, Sequence[Ring]]) -> dict[str, object]:
    """Return rings as a map: one closed line each, with its year, kind, bound and radius, and by whose reading.

    >>> from jointwatch.studies.programme.growth import reach_by_year
    >>> held = geojson({"neutral": reach_by_year("neutral", 2009, 2009)})
    >>> held["features"][0]["properties"]
    {'reading': 'neutral', 'year': 2009, 'kind': 'demonstrated', 'bound': 'at least', 'range_km': 2000.0}
    """
    return {
        "type": "FeatureCollection",
        "features": [_feature(reading, ring) for reading, held in rings.items() for ring in held],
    }


def _feature(reading: str, ring: Ring) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {
            "reading": reading,
            "year": ring.year,
            "kind": ring.kind,
            "bound": ring.bound,
            "range_km": round(ring.range_m / 1e3, 1),
        },
        "geometry": {"type": "LineString", "coordinates": ring.lonlat_deg.round(4).tolist()},
    }


def _row(one: Watched) -> dict[str, object]:
    return {
        "architecture": one.architecture,
        "party": one.party,
        "assumptions": one.assumptions,
        "vehicle": one.vehicle,
        "origin": one.origin,
        "to": one.to,
        "flights": one.missed.flights,
        "missed": one.missed.share,
        "low": one.missed.low,
        "high": one.missed.high,
        "rule_of_three": rule_of_three(one.missed.flights),
    }
