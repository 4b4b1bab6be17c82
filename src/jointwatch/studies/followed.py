"""Which tracks of a picture followed which object, found by where they were and not by their names, and how far off.

A track is of the object it stayed nearest to while it was measured. Nearness is judged within five sigmas of what the
track itself claims and 50 km besides, so that a track that is surer than it should be is scored and not left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.messages.picture import Picture, PictureTrack, Snapshot
from jointwatch.studies.course import positions_at
from jointwatch.studies.truth import Flown

GATE_SIGMAS = 5.0
GATE_M = 50e3
MEASURED_WITHIN_NS = (
    15 * NS_PER_S
)  # of the last plot, three looks: later on a picture shows where the object should be by now


@dataclass(frozen=True, eq=False)
class Followed:
    """One perspective's tracks of one object, by time (k,), and how far off they were while they were measured.

    ids: its tracks, the one with the most plots first; `views` are of that one at every instant it was shown.
    """

    perspective: str
    ids: tuple[str, ...]
    views: tuple[tuple[int, PictureTrack], ...]
    time_tai_ns: Ints
    r_ecef_m: Floats
    error_m: Floats  # distance from the truth
    sigma_m: Floats  # root of the trace of the position covariance

    @property
    def last(self) -> tuple[int, PictureTrack]:
        """When its main track was shown last, and how."""
        return self.views[-1]


@dataclass(frozen=True, eq=False)
class _Shown:
    """One track of one perspective at every instant it was shown; the arrays hold the instants it was measured at."""

    id: str
    views: tuple[tuple[int, PictureTrack], ...]
    time_tai_ns: Ints
    r_ecef_m: Floats
    sigma_m: Floats


def followed(flown: Sequence[Flown], snapshots: Sequence[Snapshot]) -> list[tuple[Followed, ...]]:
    """Return, for each flight, how each perspective that had a track of it followed it."""
    perspectives = dict.fromkeys(p.perspective for snapshot in snapshots for p in snapshot.pictures)
    found: list[list[Followed]] = [[] for _ in flown]
    for perspective in perspectives:
        pictures = [p for snapshot in snapshots for p in snapshot.pictures if p.perspective == perspective]
        shown = _shown(pictures)
        owners = [object_of(flown, track.time_tai_ns, track.r_ecef_m, track.sigma_m) for track in shown]
        for index, item in enumerate(flown):
            tracks = [track for track, owner in zip(shown, owners, strict=True) if owner == index]
            if tracks:
                found[index].append(_followed(perspective, tracks, item))
    return [tuple(each) for each in found]


def _shown(pictures: Sequence[Picture]) -> list[_Shown]:
    """Return the tracks of one perspective's pictures; each instant counts once."""
    views: dict[str, dict[int, PictureTrack]] = {}
    for picture in pictures:
        for track in picture.tracks:
            views.setdefault(track.id, {})[picture.as_of_tai_ns] = track
    return [_one(name, tuple(sorted(by_time.items()))) for name, by_time in views.items()]


def _one(name: str, views: tuple[tuple[int, PictureTrack], ...]) -> _Shown:
    measured = [(time, t) for time, t in views if time - tai_ns_from_utc(t.last_seen_utc) <= MEASURED_WITHIN_NS]
    tracks = [track for _, track in measured]
    geodetic = np.array([(t.latitude_deg, t.longitude_deg, t.altitude_km) for t in tracks]).reshape(-1, 3).T
    return _Shown(
        id=name,
        views=views,
        time_tai_ns=np.array([time for time, _ in measured], dtype=np.int64),
        r_ecef_m=ecef_from_geodetic(np.radians(geodetic[0]), np.radians(geodetic[1]), geodetic[2] * 1e3),
        sigma_m=1e3 * np.linalg.norm(np.array([t.sigma_km for t in tracks]).reshape(-1, 3), axis=1),
    )


def object_of(flown: Sequence[Flown], times_tai_ns: Ints, r_ecef_m: Floats, sigma_m: Floats) -> int | None:
    """Return which flight estimates (k,), (k, 3), (k,) stayed nearest to, or None where they were near none."""
    if not len(times_tai_ns) or not flown:
        return None
    off = np.array([_typical_share_of_gate(item, times_tai_ns, r_ecef_m, sigma_m) for item in flown])
    nearest = int(np.argmin(off))
    return nearest if off[nearest] <= 1.0 else None


def _typical_share_of_gate(item: Flown, times_tai_ns: Ints, r_ecef_m: Floats, sigma_m: Floats) -> float:
    """Return the median over time of the distance from the truth over what the gate allows; not aloft is far away."""
    away_m = np.linalg.norm(r_ecef_m - positions_at(item, times_tai_ns), axis=1)
    return float(np.median(np.nan_to_num(away_m / (GATE_M + GATE_SIGMAS * sigma_m), nan=np.inf)))


def _followed(perspective: str, tracks: list[_Shown], item: Flown) -> Followed:
    """Join the tracks of one object; where two were measured at one instant, the one with more plots is taken."""
    ranked = sorted(tracks, key=lambda track: (-track.views[-1][1].plots, track.id))
    times = np.concatenate([track.time_tai_ns for track in ranked])
    r = np.concatenate([track.r_ecef_m for track in ranked])
    sigma = np.concatenate([track.sigma_m for track in ranked])
    truth = positions_at(item, times)
    _, first = np.unique(times, return_index=True)
    rows = first[np.isfinite(truth[first, 0])]
    return Followed(
        perspective=perspective,
        ids=tuple(track.id for track in ranked),
        views=ranked[0].views,
        time_tai_ns=times[rows],
        r_ecef_m=r[rows],
        error_m=np.linalg.norm(r[rows] - truth[rows], axis=1),
        sigma_m=sigma[rows],
    )
