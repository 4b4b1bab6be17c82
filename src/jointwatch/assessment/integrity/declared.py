"""What the owner of a feed says of its radar: the model that its plots are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jointwatch.earth.arrays import Bools, Floats

Look = Callable[[Floats], tuple[Bools, Floats]]
"""From Earth-fixed positions (n, 3), m: whether they lie in the field of regard, and the SNR of 1 m2 there (n,)."""
Detection = Callable[[Floats], Floats]
"""From mean SNRs (...): the probability of detection in one look (...)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One radar as declared. None for `look` and `detection`: how much it should see is not judged.

    plot_sigma: of a strong plot, (m, rad, rad). allowed_offset: one sigma of what an honest radar may measure too much,
    (m, rad, rad, s): calibration is never perfect. allowed_noise: by how much an honest radar's noise may be more than
    its plots say. allowed_misses: share of plots that an honest feed may lose on the way. delay_s: within which its
    plots are to be told.
    """

    radar: str
    plot_sigma: tuple[float, float, float]
    look: Look | None = None
    detection: Detection | None = None
    allowed_offset: tuple[float, float, float, float]
    allowed_noise: float = 1.1
    allowed_misses: float = 0.01
    delay_s: float = 60.0


def tolerance(plot_sigma: tuple[float, float, float], share: float = 0.1, clock_s: float = 2e-3) -> Offsets:
    """Offsets that an honest radar may have: a share of its plots' sigmas, and of its clock some milliseconds."""
    range_m, azimuth_rad, elevation_rad = plot_sigma
    return share * range_m, share * azimuth_rad, share * elevation_rad, clock_s


Offsets = tuple[float, float, float, float]
