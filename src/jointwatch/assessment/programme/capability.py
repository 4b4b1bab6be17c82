"""What a programme had shown by a day: the longest reach of its tests so far, between two bounds.

The lower bound counts what cannot be disputed within a series: tests that worked, from the last day they may have taken
place, with the least reach they may have shown. The upper one counts all that may be: tests of unknown outcome too,
from the first day, with the most. It bounds what was shown: what was built and not flown, no series of tests can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Bools, Floats

Days = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Series:
    """n tests as one reading of the sources has them; every column (n,).

    first_day, last_day: between which it took place, both included. at_least_m, at_most_m: bounds of the reach that it
    showed if it worked, NaN where nothing is known. worked: surely; may_have_worked: surely or perhaps.
    """

    first_day: Days
    last_day: Days
    at_least_m: Floats
    at_most_m: Floats
    worked: Bools
    may_have_worked: Bools

    def __post_init__(self) -> None:
        columns = {name: len(values) for name, values in vars(self).items()}
        if len(set(columns.values())) > 1:
            raise ValueError(f"the columns of a series are of one length; got {columns}")
        _refuse(self.first_day > self.last_day, "first_day must not be after last_day")
        _refuse(self.at_least_m > self.at_most_m, "at_least_m must not be above at_most_m")
        _refuse(self.worked & ~self.may_have_worked, "a test that worked may have worked")

    def __len__(self) -> int:
        return len(self.first_day)


@dataclass(frozen=True, eq=False)
class Capability:
    """Bounds (k,) of the reach that a programme had shown by the end of each day; nought where it had shown none."""

    days: Days
    at_least_m: Floats
    at_most_m: Floats


def capability(series: Series, days: Days) -> Capability:
    """Return what a series had shown by the end of each day (k,), in any order.

    >>> one = Series(np.array(["2009-05-01"], "M8[D]"), np.array(["2009-05-31"], "M8[D]"), np.array([2e6]),
    ...     np.array([2.5e6]), np.array([True]), np.array([True]))
    >>> by = capability(one, np.array(["2009-04-30", "2009-05-20", "2009-05-31"], "M8[D]"))
    >>> by.at_least_m.tolist(), by.at_most_m.tolist()
    ([0.0, 0.0, 2000000.0], [0.0, 2500000.0, 2500000.0])
    """
    least = _longest_by(series.last_day, series.at_least_m, series.worked, days)
    most = _longest_by(series.first_day, series.at_most_m, series.may_have_worked, days)
    return Capability(days, least, most)


def year_ends(first: int, last: int) -> Days:
    """Return the last day of each year, from the first to the last of them.

    >>> year_ends(2006, 2007).astype(str).tolist()
    ['2006-12-31', '2007-12-31']
    """
    years = np.array([f"{year + 1:04d}-01-01" for year in range(first, last + 1)], dtype="M8[D]")
    return np.asarray(years - np.timedelta64(1, "D"))


def _longest_by(when: Days, reach_m: Floats, counted: Bools, days: Days) -> Floats:
    """The longest reach among the counted tests up to and including each day."""
    order = np.argsort(when, kind="stable")
    so_far = np.maximum.accumulate(np.where(counted, np.nan_to_num(reach_m, posinf=np.inf), 0.0)[order])
    return np.concatenate([[0.0], so_far])[np.searchsorted(when[order], days, side="right")]


def _refuse(wrong: Bools, rule: str) -> None:
    if np.any(wrong):
        raise ValueError(f"{rule}; it is so in test {int(np.argmax(wrong))} of {len(wrong)}")
