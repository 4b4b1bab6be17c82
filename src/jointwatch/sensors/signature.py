"""What an object's radar cross-section is in one run: log-normal around its class's value, the same from all sides.

No cross-section of a real vehicle by band is citable, so the class gives an assumed value per band and a spread in
decibels. One draw per object and run moves all its bands together: what is larger than its class is larger in each, and
no architecture gains by asking many bands. Fading from look to look comes on top (Swerling, in `sensors.schedule`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def drawn_rcs_m2(rcs_m2: Mapping[str, float], spread_db: float, rng: np.random.Generator) -> dict[str, float]:
    """Cross-sections by band, m2, of one object: its class's, times 10^(spread_db N / 10) with one normal N.

    rcs_m2: the class's, the median. Draws one normal also where the spread is 0.

    >>> drawn_rcs_m2({"VHF": 1.0, "X": 0.1}, 5.0, np.random.default_rng(1))["VHF"].__round__(2)
    1.49
    """
    if not (np.isfinite(spread_db) and spread_db >= 0):
        raise ValueError(f"the spread of a cross-section is 0 dB or more; got {spread_db!r}")
    dark = {band: value for band, value in rcs_m2.items() if not (np.isfinite(value) and value > 0)}
    if dark:
        raise ValueError(f"cross-sections are above 0 m2; got {dark}")
    factor = 10.0 ** (spread_db / 10.0 * float(rng.standard_normal()))
    return {band: value * factor for band, value in rcs_m2.items()}
