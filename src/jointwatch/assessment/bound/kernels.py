"""Every flight by every set of radars, compiled by Numba: the loops under `assessment.bound.flights`.

A flight's looks are gone through once for each set, in order of time: those of the burn are kept by step, those after
it are added to what is known of the state at burnout, and at the wanted steps that is read off as errors on the ground.
Sets that have the same radars see a flight, and at the same time first, know the same.
"""

from __future__ import annotations

from math import erf, inf, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from jointwatch.assessment.bound.gathering import add, factored, moments, of_burn, of_cutoff, transitions, variance
from jointwatch.assessment.launch_point import ANCHORS, CERTAIN
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.earth.height import height_m

# columns of a state of the ascent, and of the state at burnout: derivatives of the launch, along and across the track
ALONG, ACROSS, SPREAD, UP, CLIMB, AHEAD, USABLE = 0, 6, 12, 13, 16, 17, 20
RISING_COLUMNS = 21
# columns of the arc at a usual height: the same first, then by the height along and across, and its sigma
BY_HEIGHT, SIGMA, ON_ARC = 13, 15, 16
ARC_COLUMNS = 17
_MOST_BITS = 62


@kernel
def know(
    r: Floats,
    steps: Ints,
    step_s: float,
    burn_s: float,
    burnout: Floats,
    thrust: Floats,
    rising: Floats,
    ending: Floats,
    late: Floats,
    arcs: Floats,
    usual_m: float,
    falling: Floats,
    range_m: Floats,
    bounds_m: Floats,
    sure: float,
    begin: Ints,
    radar: NDArray[np.int32],
    step: NDArray[np.int32],
    information: Floats,
    members: Bools,
    first: Ints,
    after: Ints,
    launch: Floats,
    impact: Floats,
    class_step: Ints,
) -> None:
    """Fill launch and impact (a, g, k), metres, and class_step (g, k) of k flights by g sets of radars.

    r (k, t, 3); steps (k,) in the air. rising (k, b, RISING_COLUMNS): states of the burn; ending (k, RISING_COLUMNS):
    that at its end; late (k, 2): by its time. arcs (k, 2, ARC_COLUMNS): of those first seen from the usual height on,
    and lower. falling (k, 2, 7). begin, radar, step, information: the looks. members (g, m); first
    (g, k): step of first detection, below 0 for never; after (a,): steps after it. Infinity is what is not known; NaN,
    of what is not seen, or down by then.
    """
    k, t, _ = r.shape
    b, sets = rising.shape[1], len(members)
    Phi, move, seen = np.empty((t, 3, 6)), np.empty((6, 6)), np.empty((b, 6))
    rank, signature = np.empty(members.shape[1], np.int64), np.empty(sets, np.int64)
    work = np.empty((6, 6, 6))
    for j in range(k):
        looks = slice(begin[j], begin[j + 1])
        last = steps[j]
        transitions(r[j], burnout[j], burn_s, step_s, b, last, move, Phi)
        distinct = _signed(radar[looks], members, rank, signature)
        for g in range(sets):
            same = -1
            for h in range(g if distinct else 0):
                if signature[h] == signature[g] and first[h, j] == first[g, j]:
                    same = h
                    break
            if same >= 0:
                for n in range(len(after)):
                    launch[n, g, j], impact[n, g, j] = launch[n, same, j], impact[n, same, j]
                class_step[g, j] = class_step[same, j]
            else:
                class_step[g, j] = _one(
                    Phi, last, step_s, burn_s, thrust[j], rising[j], ending[j], late[j], arcs[j], usual_m,
                    r[j], falling[j], range_m[j], bounds_m, sure, radar[looks], step[looks], information[looks],
                    members[g], first[g, j], after, launch[:, g, j], impact[:, g, j], seen, work,
                )  # fmt: skip


@part
def _signed(radar: NDArray[np.int32], members: Bools, rank: Ints, signature: Ints) -> bool:
    """Fill signature (g,): which of the radars that see a flight are in each set; whether they fit into one number."""
    for i in range(len(rank)):
        rank[i] = -1
    count = 0
    for n in range(len(radar)):
        if rank[radar[n]] < 0:
            rank[radar[n]] = count
            count += 1
    if count > _MOST_BITS:
        return False
    for g in range(len(members)):
        signature[g] = 0
        for i in range(len(rank)):
            if rank[i] >= 0 and members[g, i]:
                signature[g] += 1 << rank[i]
    return True


@kernel
def _one(
    Phi: Floats,
    last: int,
    step_s: float,
    burn_s: float,
    thrust: float,
    rising: Floats,
    ending: Floats,
    late: Floats,
    arcs: Floats,
    usual_m: float,
    r: Floats,
    falling: Floats,
    range_m: float,
    bounds_m: Floats,
    sure: float,
    radar: NDArray[np.int32],
    step: NDArray[np.int32],
    information: Floats,
    member: Bools,
    first: int,
    after: Ints,
    launch: Floats,
    impact: Floats,
    seen: Floats,
    work: Floats,
) -> int:
    """Fill launch and impact (a,) of one flight by one set of radars; return the step at which its class is known."""
    b = len(seen)
    for n in range(len(after)):
        launch[n], impact[n] = nan, nan
    if first < 0:
        return -1
    n, first_look = _while_burning(radar, step, information, member, seen)
    wanted = 0
    while wanted < len(after) and first + after[wanted] < min(b, last):
        best = _best_of_burn(seen, first_look, (first + after[wanted]) * step_s, step_s, rising, work)
        launch[wanted], impact[wanted] = sqrt(best[0]), inf
        wanted += 1
    known = _best_of_burn(seen, first_look, burn_s, step_s, rising, work)
    J, gain, M = work[0], work[1, 0], work[5, :5]
    moments(seen, b, step_s, burn_s, burn_s, M)
    end_variance = of_cutoff(M, ending[AHEAD : AHEAD + 3], thrust, J, gain)
    W = work[1, 1]
    arc = -1
    class_step = -1
    errors = (inf, inf, inf, inf)
    for s in range(b, last):
        changed = s == b
        for c in range(6):
            W[c] = 0.0
        while n < len(step) and step[n] == s:
            if member[radar[n]]:
                changed = True
                if first_look < 0:
                    first_look = s
                for c in range(6):
                    W[c] += information[n, c]
            n += 1
        if first_look >= b and arc < 0:
            arc = 0 if height_m(r[first_look, 0], r[first_look, 1], r[first_look, 2]) >= usual_m else 1
        if changed:
            add(J, Phi[s], W)
        asked = wanted < len(after) and first + after[wanted] == s
        if asked or (changed and class_step < 0 and s >= first):
            errors = _errors(J, end_variance, gain, ending, late, arcs[max(arc, 0)], arc >= 0, falling, known, work)
        while wanted < len(after) and first + after[wanted] == s:
            launch[wanted], impact[wanted] = sqrt(errors[0]), sqrt(errors[2])
            wanted += 1
        if (
            class_step < 0
            and s >= first
            and changed
            and _class_is_known(errors[1] + errors[3], range_m, bounds_m, sure)
        ):
            class_step = s
        if class_step >= 0 and wanted == len(after):
            break
    return class_step


@part
def _while_burning(
    radar: NDArray[np.int32], step: NDArray[np.int32], information: Floats, member: Bools, seen: Floats
) -> tuple[int, int]:
    """Fill seen (b, 6) with what looks say at each step of a burn; return how many there are, and the first's step."""
    b = len(seen)
    for s in range(b):
        for c in range(6):
            seen[s, c] = 0.0
    n, first_look = 0, -1
    while n < len(step) and step[n] < b:
        if member[radar[n]]:
            if first_look < 0:
                first_look = step[n]
            for c in range(6):
                seen[step[n], c] += information[n, c]
        n += 1
    return n, first_look


@part
def _best_of_burn(
    seen: Floats, first_look: int, until_s: float, step_s: float, rising: Floats, work: Floats
) -> tuple[float, float]:
    """Least mean square of the launch, by a state of the burn seen until a time, and that along the track alone."""
    best = (inf, inf)
    count = 0  # of steps before that time, from the first look on
    while first_look >= 0 and first_look + count < len(seen) and (first_look + count) * step_s < until_s:
        count += 1
    for n in range(min(ANCHORS, count)):
        s = first_look + n * (count - 1) // max(min(ANCHORS, count) - 1, 1)
        if rising[s, USABLE] == 0.0:
            continue
        M, J, L, scale, y = work[5, :5], work[2], work[3], work[1, 2], work[1, 3]
        moments(seen, len(seen), step_s, s * step_s, until_s, M)
        of_burn(M, rising[s, AHEAD : AHEAD + 3], J)
        if not factored(J, L, scale):
            continue
        slope = work[1, 4]
        for c in range(3):
            slope[c], slope[3 + c] = 0.0, rising[s, UP + c]
        climb = rising[s, CLIMB]
        if not climb * climb > CERTAIN * CERTAIN * variance(L, scale, slope, y):
            continue
        along = variance(L, scale, rising[s, ALONG : ALONG + 6], y) + rising[s, SPREAD] ** 2
        total = along + variance(L, scale, rising[s, ACROSS : ACROSS + 6], y)
        if total < best[0]:
            best = (total, along)
    return best


@part
def _errors(
    J: Floats,
    end_variance: float,
    gain: Floats,
    ending: Floats,
    late: Floats,
    arc: Floats,
    unseen: bool,
    falling: Floats,
    known: tuple[float, float],
    work: Floats,
) -> tuple[float, float, float, float]:
    """Least mean squares of launch and impact, each whole and along the way, from what is known of the burnout."""
    L, scale, y = work[3], work[1, 2], work[1, 3]
    total, forward = known
    if not factored(J, L, scale):
        return total, forward, inf, inf
    if unseen:
        if arc[ON_ARC] != 0.0:
            sigma2 = arc[SIGMA] * arc[SIGMA]
            along = variance(L, scale, arc[ALONG : ALONG + 6], y) + arc[SPREAD] ** 2 + sigma2 * arc[BY_HEIGHT] ** 2
            across = variance(L, scale, arc[ACROSS : ACROSS + 6], y) + sigma2 * arc[BY_HEIGHT + 1] ** 2
            total, forward = along + across, along
    elif end_variance >= 0.0 and ending[USABLE] != 0.0:
        time2 = end_variance + variance(L, scale, gain, y)
        along = variance(L, scale, ending[ALONG : ALONG + 6], y) + ending[SPREAD] ** 2 + time2 * late[0] ** 2
        across = variance(L, scale, ending[ACROSS : ACROSS + 6], y) + time2 * late[1] ** 2
        if along + across < total:
            total, forward = along + across, along
    onward = variance(L, scale, falling[0], y) + falling[0, 6] ** 2
    aside = variance(L, scale, falling[1], y) + falling[1, 6] ** 2
    return total, forward, onward + aside, onward


@part
def _class_is_known(range_variance: float, range_m: float, bounds_m: Floats, sure: float) -> bool:
    """Whether the range lies within the bounds of its class with that probability."""
    if not range_variance < inf:
        return False
    low, high = -inf, inf
    for n in range(len(bounds_m)):
        if bounds_m[n] <= range_m:
            low = bounds_m[n]
        elif high == inf:
            high = bounds_m[n]
    width = sqrt(2.0 * max(range_variance, 1e-12))
    return 0.5 * (erf((high - range_m) / width) - erf((low - range_m) / width)) >= sure
