"""What a centre holds, as CCSDS Orbit Ephemeris Messages: each object's track, and its free flight from there on.

The first segment is the track: states and covariances, each as it stood after its own plot. The second, where the
object coasts, is predicted: to the ground where it comes down within an hour, else for an hour; its covariances are
those of the last state, carried on. Earth-fixed, UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from jointwatch.assessment.estimate import Assessment
from jointwatch.centre.held import Held
from jointwatch.centre.picture import PREDICTED_AT_MOST_S, PREDICTED_POINTS
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, days_from_tai_ns
from jointwatch.flight import coast
from jointwatch.formats.epochs import Instant
from jointwatch.formats.oem import Covariances, Ephemeris, Header, Metadata, Oem, Segment

FRAME = "Earth-fixed (WGS 84, which agrees with the ITRF to 0.1 m), velocity relative to the turning Earth."
FILTERED = "Track: states and covariances as each stood after its own plot: filtered, not smoothed."
PREDICTED = "Prediction from the last state: free flight in gravity and air; its covariance without the air's part."
KNOWN_M_S = 1000.0
"""One sigma of the velocity from which on a state goes into an OEM: one plot alone says nothing of it."""
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]")


def message(
    held: Held,
    assessment: Assessment | None,
    *,
    beta_kg_m2: float,
    originator: str,
    created_tai_ns: int,
    notes: Sequence[str] = (),
) -> Oem:
    """Return the ephemeris of an object. beta_kg_m2: assumed for its last seconds in the air; notes: for the header."""
    states = held.states
    segments = [segment(held.id, *known(states.time_tai_ns, states.x, states.P), FILTERED)]
    if assessment is not None and held.phase == "coast":
        segments += predicted(held, beta_kg_m2, falls=assessment.impact is not None)
    return Oem(header(originator, created_tai_ns, notes), tuple(segments))


def header(originator: str, created_tai_ns: int, notes: Sequence[str] = ()) -> Header:
    """Return the header of a message that was made at a time, to the second."""
    day, ns = days_from_tai_ns(np.array([created_tai_ns // NS_PER_S * NS_PER_S]))
    return Header(Instant(int(day[0]), int(ns[0])), originator, comments=tuple(notes))


def segment(object_id: str, time_tai_ns: Ints, x: Floats, P: Floats, *comments: str, name: str = "") -> Segment:
    """Return states (n, 6) with their covariances (n, 6, 6) as a segment, in kilometres and seconds."""
    day, ns = days_from_tai_ns(time_tai_ns)
    first, last = (Instant(int(day[k]), int(ns[k])) for k in (0, -1))
    metadata = Metadata(
        object_name=name or object_id,
        object_id=object_id,
        center_name="EARTH",
        ref_frame="ITRF2000",
        time_system="UTC",
        start=first,
        stop=last,
        comments=(*comments, FRAME),
    )
    symmetric = 0.5e-6 * (P + P.swapaxes(-1, -2))
    return Segment(metadata, Ephemeris(day, ns, x * 1e-3), Covariances(day, ns, ("ITRF2000",) * len(x), symmetric))


def known(time_tai_ns: Ints, x: Floats, P: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the states from the first on whose velocity is known to 1 km/s; all of them where none is."""
    good = np.trace(P[:, 3:, 3:], axis1=1, axis2=2) < KNOWN_M_S**2
    first = int(np.argmax(good)) if good.any() else 0
    return time_tai_ns[first:], x[first:], P[first:]


def predicted(held: Held, beta_kg_m2: float, *, falls: bool) -> list[Segment]:
    """Return the free flight behind the last state, in equal steps; none where nothing of it is left."""
    last, x, P = int(held.states.time_tai_ns[-1]), held.states.x[-1], held.states.P[-1]
    ahead_s = PREDICTED_AT_MOST_S
    if falls:
        end = coast.impact(Ecef(x[np.newaxis]), beta_kg_m2=beta_kg_m2)
        ahead_s = float(end.time_s[0]) if end.reached[0] else ahead_s
    steps_ms = np.unique(np.floor(np.linspace(0.0, ahead_s, PREDICTED_POINTS) * 1e3).astype(np.int64))
    offsets_ns = steps_ms * (NS_PER_S // 1_000)
    arc = coast.trajectory(Ecef(x[np.newaxis]), offsets_ns / NS_PER_S, beta_kg_m2=beta_kg_m2).pos_vel.reshape(-1, 6)
    _, phi = coast.transition(Ecef(np.repeat(x[np.newaxis], len(arc), axis=0)), offsets_ns / NS_PER_S)
    good = np.isfinite(arc).all(axis=1) & np.isfinite(phi).all(axis=(1, 2))
    if good.sum() < 2:
        return []
    carried = phi @ P @ phi.swapaxes(-1, -2)
    return [segment(held.id, last + offsets_ns[good], arc[good], carried[good], PREDICTED)]


def file_name(centre: str, object_id: str) -> str:
    """Return what an object's file is called.

    >>> file_name("moscow", "T/0001")
    'moscow-T_0001.oem'
    """
    return f"{centre}-{_FILE_NAME.sub('_', object_id)}.oem"
