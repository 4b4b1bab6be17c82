"""Which launches a party would have been told of beforehand: by the agreements applied on the architecture's day.

What an agreement only may cover, as its text or what is known of the launch leaves it open, does not count; what is a
norm or voluntary does, for whoever has joined it. Whether a state keeps its word is no matter of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from jointwatch.assessment.notification.owed import Launch, Rule, owed
from jointwatch.assessment.range_class import BOUNDS_M
from jointwatch.catalogue.agreements import applied_on, rule_parameters
from jointwatch.catalogue.days import begin_utc
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.studies.joint.chunk import Columns
from jointwatch.studies.joint.deployment import View
from jointwatch.studies.joint.file import TOGETHER, Study
from jointwatch.studies.joint.intervals import NOTHING, Told, share
from jointwatch.studies.joint.launches import Cell


def announced(study: Study, cell: Cell, view: View, held: Columns) -> Told:
    """Return the share of a cell's flights that a view's party is told of; nothing where nobody says whose they are."""
    of = study.parties if view.party == TOGETHER else (view.party,)
    states = tuple(sorted({state for name in of for state in study.parties[name].states}))
    if not cell.origin.state or not states:
        return NOTHING
    day = study.architectures[view.architecture].on
    far_m, high_m = (1e3 * np.asarray(km, dtype=np.float64) for km in (held.range_km, held.apogee_km))
    return share(told_to(states, cell.origin.state, day, far_m, high_m))


def told_to(states: Sequence[str], by: str, day: str, range_m: Floats, apogee_m: Floats) -> Bools:
    """Return whether each missile (k,) of a state, by range and apogee in metres, is to be told to any of the states.

    >>> told_to(["US"], "RU", "2009-06", np.array([300e3, 6000e3]), np.array([100e3, 900e3]))
    array([ True,  True])
    >>> bool(told_to(["US", "RU"], "IR", "2009-06", np.array([2000e3]), np.array([500e3]))[0])  # of no agreement
    False
    """
    rules, at = _applied(day), tai_ns_from_utc(begin_utc(day))
    limits = [[*BOUNDS_M, *(rule.range_over_m for rule in rules)], [rule.apogee_over_m for rule in rules]]
    kinds = np.stack([_between(m, some) for m, some in zip((range_m, apogee_m), limits, strict=True)], axis=-1)
    _, firsts, which = np.unique(kinds.reshape(-1, 2), axis=0, return_index=True, return_inverse=True)
    told = [
        any(
            one.force != "open"
            for one in owed(
                rules,
                Launch(
                    state=by,
                    vehicle="missile",
                    range_m=float(range_m[n]),
                    apogee_m=float(apogee_m[n]),
                    from_tai_ns=at,
                    until_tai_ns=at,
                ),
                states,
            )
        )
        for n in firsts
    ]
    return np.array(told, dtype=np.bool_)[which.reshape(-1)]


def _between(values_m: Floats, limits_m: Sequence[float | None]) -> np.ndarray:
    """Between which of the limits that there are each value lies."""
    return np.searchsorted(sorted({limit for limit in limits_m if limit is not None}), values_m)


@cache
def _applied(day: str) -> tuple[Rule, ...]:
    names = applied_on(day)
    return tuple(rule for rule in (Rule(**each) for each in rule_parameters()) if rule.agreement in names)
