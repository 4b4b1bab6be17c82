"""The rules of the Tracking Data Message that bind values to each other: bounds, order of time, what needs what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.epochs import NS_PER_DAY, NS_PER_S, Days, Instant, Nanoseconds
from jointwatch.formats.refusal import BadRow
from jointwatch.formats.tdm_keywords import KEYWORDS, METADATA, OBSERVABLES
from jointwatch.formats.tdm_values import Value


def check_values(code: NDArray[np.uint8], value: NDArray[np.float64]) -> None:
    """Raise BadRow for the first value outside the bounds of its keyword."""
    if not np.isfinite(value).all():
        raise BadRow(int(np.flatnonzero(~np.isfinite(value))[0]), "a value must be finite")
    for c in np.unique(code):
        if c >= len(KEYWORDS):
            raise BadRow(int(np.flatnonzero(code == c)[0]), f"{c} is the code of no keyword")
        observable = OBSERVABLES[KEYWORDS[c]]
        v = value[code == c]
        bad = v < observable.least
        bad |= (v == observable.least) if observable.above else False
        bad |= (v != np.floor(v)) if observable.whole else False
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            row = int(np.flatnonzero(code == c)[at])
            raise BadRow(row, f"{KEYWORDS[c]} must be {observable.wanted()}, got {v[at]:g}")


def check_order(
    code: NDArray[np.uint8], day: Days, ns: Nanoseconds, last: dict[int, tuple[int, int]]
) -> dict[int, tuple[int, int]]:
    """The last epoch of each keyword; raises BadRow where one keyword's epochs do not ascend.

    Within a data section each keyword's epochs are in order of time (503.0-B-2, 3.4.10) and no two alike (3.4.11);
    keywords may be mixed in any way. `last` holds the epochs of an earlier piece of the same section.
    """
    if len(ns) and (int(ns.min()) < 0 or int(ns.max()) >= NS_PER_DAY + NS_PER_S):
        raise BadRow(int(np.flatnonzero((ns < 0) | (ns >= NS_PER_DAY + NS_PER_S))[0]), "no such time of a day")
    now = dict(last)
    for c in map(int, np.unique(code)):
        rows = np.flatnonzero(code == c)
        d, t = day[rows].astype(np.int64), ns[rows]
        if c in last:
            d, t = np.append(last[c][0], d), np.append(last[c][1], t)
            rows = np.append(-1, rows)
        later = (d[1:] > d[:-1]) | ((d[1:] == d[:-1]) & (t[1:] > t[:-1]))
        if not later.all():
            at = int(np.flatnonzero(~later)[0]) + 1
            same = d[at] == d[at - 1] and t[at] == t[at - 1]
            fault = "twice for the time" if same else "out of order of time (each keyword by itself is in order), at"
            raise BadRow(int(rows[at]), f"{KEYWORDS[c]} came {fault} {Instant(int(d[at]), int(t[at])).text()}")
        now[c] = (int(d[-1]), int(t[-1]))
    return now


def check_metadata(values: Mapping[str, Value]) -> None:
    """Raise ValueError where keywords are missing or contradict each other."""
    present = {n for n in range(1, 6) if f"PARTICIPANT_{n}" in values}
    for wanted, there in (("TIME_SYSTEM", "TIME_SYSTEM" in values), ("PARTICIPANT_1", bool(present))):
        if not there:
            raise ValueError(f"{wanted} is missing from the metadata")
    for keyword, value in values.items():
        spoken_of = set(cast("tuple[int, ...]", value)) if METADATA[keyword].kind == "path" else set()
        if METADATA[keyword].participant:
            spoken_of = {METADATA[keyword].participant}
        for n in sorted(spoken_of - present):
            raise ValueError(f"{keyword} speaks of PARTICIPANT_{n}, which is missing from the metadata")
    _check_path(values)
    if any(keyword.startswith("CORRECTION_") for keyword in values) and "CORRECTIONS_APPLIED" not in values:
        raise ValueError("CORRECTIONS_APPLIED must say whether the corrections given are in the data")
    if "INTERPOLATION" in values and "INTERPOLATION_DEGREE" not in values:
        raise ValueError("INTERPOLATION_DEGREE must come with INTERPOLATION")
    start, stop = values.get("START_TIME"), values.get("STOP_TIME")
    if start is not None and stop is not None and cast(Instant, stop) < cast(Instant, start):
        raise ValueError("STOP_TIME is before START_TIME")


def _check_path(values: Mapping[str, Value]) -> None:
    mode = values.get("MODE")
    if mode == "SEQUENTIAL" and ("PATH" not in values or "PATH_1" in values or "PATH_2" in values):
        raise ValueError("MODE = SEQUENTIAL needs PATH, without PATH_1 and PATH_2")
    if mode == "SINGLE_DIFF" and ("PATH" in values or "PATH_1" not in values or "PATH_2" not in values):
        raise ValueError("MODE = SINGLE_DIFF needs PATH_1 and PATH_2, without PATH")
