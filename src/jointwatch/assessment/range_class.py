"""SRBM, MRBM, IRBM or ICBM: a missile's class by its range over the ground.

The bounds are those in United States use (Missile Defense Agency, NASIC): 1,000, 3,000 and 5,500 km. They are a
convention: the INF Treaty drew its lines at 500, 1,000 and 5,500 km.
"""

from __future__ import annotations

from bisect import bisect_right

BOUNDS_M = (1_000e3, 3_000e3, 5_500e3)
CLASSES = ("SRBM", "MRBM", "IRBM", "ICBM")
NO_CLASS = "-"


def range_class(range_m: float | None) -> str:
    """Name of the class of a missile with this range in metres, or "-" where the range is not known.

    >>> range_class(999e3), range_class(1_000e3), range_class(None)
    ('SRBM', 'MRBM', '-')
    """
    return NO_CLASS if range_m is None else CLASSES[bisect_right(BOUNDS_M, range_m)]
