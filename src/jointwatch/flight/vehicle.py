"""Generic classes of vehicles, as plain values: how they rise, how they fall, how large they look to a radar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jointwatch.flight.boost import BoostProfile


@dataclass(frozen=True)
class VehicleClass:
    """A class such as "two-stage solid, medium range", as published; no vehicle's design.

    kind: "missile" falls back, "space" goes into orbit.
    profile: its powered ascent as one smooth curve from launch to the last burnout.
    staged: the same ascent stage by stage; None where no stages are known.
    rcs_m2: radar cross-section by band, square metres.
    beta_kg_m2: ballistic coefficient of what comes down.
    range_m: least and greatest published range of a missile.

    >>> VehicleClass("sounding rocket", "missile", BoostProfile(30.0, 0.4, 0.4), range_m=(100e3, 150e3)).kind
    'missile'
    """

    title: str
    kind: Literal["missile", "space"]
    profile: BoostProfile
    staged: BoostProfile | None = None
    rcs_m2: Mapping[str, float] = field(default_factory=dict)
    beta_kg_m2: float = 5000.0
    range_m: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("missile", "space"):
            raise ValueError(f'kind must be "missile" or "space", got {self.kind!r}')
        if not self.beta_kg_m2 > 0:
            raise ValueError(f"beta_kg_m2 must be positive, got {self.beta_kg_m2}")
        dark = {band: rcs for band, rcs in self.rcs_m2.items() if not rcs > 0}
        if dark:
            raise ValueError(f"every radar cross-section must be positive, got {dark}")
