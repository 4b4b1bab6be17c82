"""A figure: one number for every case of a claim, with the words and the unit under which a reader meets it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.catalogue.fact import unit_of
from jointwatch.earth.arrays import Floats


@dataclass(frozen=True, eq=False)
class Figure:
    """A number for each case (n); inf is never, NaN does not apply."""

    name: str
    title: str
    values: Floats

    @property
    def unit(self) -> str:
        """Unit, from the end of the name."""
        return unit_of(self.name)

    def shown(self, case: int = 0) -> str:
        """The number of one case, with its unit."""
        return shown(self.name, float(self.values[case]))

    def ends(self) -> tuple[float, float]:
        """Lowest and highest over all cases; NaN left out, NaN where there is nothing else."""
        held = self.values[~np.isnan(self.values)]
        return (float(held.min()), float(held.max())) if held.size else (np.nan, np.nan)

    def shown_ends(self) -> str:
        """The spread over all cases, with the unit; empty where there is none."""
        low, high = (shown(self.name, end) for end in self.ends())
        return "" if low == high else f"{low} to {high}"


def shown(name: str, value: float) -> str:
    """Return a number as a reader wants it, to three figures, with the unit of its name.

    >>> shown("lead_s", 226.7), shown("reach_km", 2418.3), shown("first_s", float("inf"))
    ('227 s', '2,420 km', 'never')
    """
    if np.isnan(value):
        return "-"
    if np.isinf(value):
        return "never" if value > 0 else "not at all"
    if name.endswith("share"):
        return f"{value:.0%}"
    text = _three_figures(value)
    unit = unit_of(name)
    return f"{text}{unit}" if unit == "°" else f"{text} {unit}".strip()


def _three_figures(value: float) -> str:
    if value == 0:
        return "0"
    places = 2 - int(np.floor(np.log10(abs(value))))
    rounded = round(value, places)
    if abs(rounded) >= 100:
        return f"{rounded:,.0f}"
    return f"{rounded:.{max(places, 0)}f}" if abs(rounded) >= 1 else f"{rounded:.3g}"
