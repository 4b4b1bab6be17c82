"""Through which burnouts does a class rise of which only the burn times are published?

Wanted for each stage of a generic class: height, speed, direction and ground distance where it burns out. Published
are burn times, sometimes one height or one speed. The rest is put in from what was measured and from the shape of the
whole flight, the same way for every class, and stands in the catalogue as computed, with this script as the reason:

1. The last burnout has the speed and direction of the class's arc of least energy (missiles), or is level at orbital
   speed (launchers).
2. Each of n stages adds an n-th of that speed; of two-stage launchers the first adds 0.28 (7 measured ascents to orbit,
   0.28 +- 0.05).
3. The path bends from upright to the last direction with the third power of the speed still to come; 30 measured first
   burnouts lie at 36 +- 14 degrees, this rule puts a two-stage launcher's at 34.
4. Height and distance of the first burnout by the measured fractions, 0.41 and 0.256; a later stage's acceleration
   doubles while it burns, which puts 4/9 of its gain in speed into its way.

    python design/staging.py

prints a row a stage: seconds, coast, km, km/s, degrees, km.
"""

from __future__ import annotations

import numpy as np

from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.burnout import burnout_for

R_KM = 6371.0
FIRST_ALTITUDE, FIRST_DOWNRANGE = 0.41, 0.256
LATER_GAIN = 4 / 9
ORBITAL_KM_S = 7.45  # over the turning ground, eastwards, for a low orbit
LAUNCHER_FIRST = 0.28

# name: range in km (None into orbit), (burn, coast) of each stage in seconds
CLASSES: dict[str, tuple[float | None, list[tuple[float, float]]]] = {
    "srbm-liquid-1stage": (500.0, [(70.0, 0.0)]),
    "srbm-solid-1stage": (300.0, [(45.0, 0.0)]),
    "mrbm-liquid-1stage": (1200.0, [(100.0, 0.0)]),
    "mrbm-solid-2stage": (2000.0, [(54.0, 2.0), (56.0, 0.0)]),
    "irbm-liquid-1stage": (2400.0, [(157.0, 0.0)]),
    "irbm-solid-3stage": (3700.0, [(52.0, 1.0), (50.0, 1.0), (46.0, 0.0)]),
    "icbm-solid-3stage": (10000.0, [(60.0, 0.0), (55.0, 0.0), (55.0, 0.0)]),
    "icbm-liquid-2stage": (10000.0, [(120.0, 0.0), (130.0, 0.0)]),
    "slv-liquid-2stage": (None, [(110.0, 3.0), (187.0, 0.0)]),
    "slv-liquid-3stage": (None, [(120.0, 5.0), (190.0, 5.0), (249.0, 0.0)]),
}


def last_burnout(range_km: float | None, burn_s: float) -> tuple[float, float]:
    """Return speed, km/s, and angle, radians."""
    if range_km is None:
        return ORBITAL_KM_S, 0.0
    speed, angle = burnout_for(range_km * 1e3, None, BoostProfile(burn_s, FIRST_ALTITUDE, 0.34))
    return float(speed) / 1e3, float(angle)


def burnouts(name: str) -> list[tuple[float, ...]]:
    """Return burn, coast, km, km/s, degrees, km of each stage."""
    range_km, burns = CLASSES[name]
    speed, angle = last_burnout(range_km, sum(burn + coast for burn, coast in burns))
    shares = np.arange(1, len(burns) + 1) / len(burns)
    if range_km is None and len(burns) == 2:
        shares[0] = LAUNCHER_FIRST
    rows, h, d, climb, going = [], 0.0, 0.0, 0.0, 0.0
    for (burn, coast), share in zip(burns, shares, strict=True):
        gamma = angle + (np.pi / 2 - angle) * (1 - share) ** 3
        w, level = share * speed * np.sin(gamma), share * speed * np.cos(gamma)
        fraction = FIRST_ALTITUDE if not rows else LATER_GAIN
        h = h + burn * (climb + fraction * (w - climb))
        u = level * R_KM / (R_KM + h)  # over the ground
        fraction = FIRST_DOWNRANGE if not rows else LATER_GAIN
        d = d + burn * (going + fraction * (u - going))
        rows.append((burn, coast, h, share * speed, float(np.degrees(gamma)), d))
        h, d, climb, going = h + coast * w, d + coast * u, w, u
    return rows


def main() -> None:
    """Print the answer."""
    for name in CLASSES:
        for number, row in enumerate(burnouts(name), start=1):
            print(f"{name:20} {number}  " + "  ".join(f"{value:7.1f}" for value in row))


if __name__ == "__main__":
    main()
