"""The standard air against its printed tables, its own equations integrated anew, and two other programmes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ambiance import Atmosphere
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.earth.standard_atmosphere import (
    HIGHEST_M,
    LOWEST_M,
    Layers,
    density_kg_m3,
    exponential_layers,
    layers,
    pressure_pa,
    speed_of_sound_m_s,
    temperature_k,
)

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "oracles" / "atmosphere"

# Table I, geometric height: km, K, mb, kg/m^3, to the digits printed; 0 stands for not compared
TABLE_I = """
-5 320.676 1.7776e+3 1.9311e+0
0 288.150 1.01325e+3 1.2250e+0
5 255.676 5.4048e+2 7.3643e-1
10 223.252 2.6499e+2 4.1351e-1
20 216.650 5.5293e+1 8.8910e-2
30 226.509 1.1970e+1 1.8410e-2
40 250.350 2.8714e+0 3.9957e-3
50 270.650 7.9779e-1 1.0269e-3
60 247.021 2.1958e-1 3.0968e-4
70 219.585 5.2209e-2 8.2829e-5
80 198.639 1.0524e-2 1.8458e-5
90 186.87 1.8359e-3 3.416e-6
93 0 1.0801e-3 2.000e-6
97 0 5.3571e-4 9.685e-7
98.5 0 4.1342e-4 7.367e-7
102 0 2.3144e-4 3.935e-7
105 208.84 1.4477e-4 2.325e-7
108 0 9.3188e-5 1.381e-7
111 0 6.2614e-5 8.111e-8
114 288.00 4.4473e-5 4.975e-8
117 0 3.3022e-5 3.246e-8
122 0 2.1635e-5 1.767e-8
135 0 9.3568e-6 5.465e-9
145 0 5.6691e-6 2.781e-9
170 0 2.1210e-6 7.815e-10
220 899.01 5.0149e-7 1.367e-10
450 998.22 6.4468e-9 1.184e-12
550 999.67 1.5137e-9 2.384e-13
650 999.93 4.8865e-10 5.712e-14
750 999.99 2.2599e-10 1.788e-14
850 1000.00 1.3415e-10 7.824e-15
950 1000.00 8.9816e-11 4.453e-15
"""
BETWEEN_THE_ROWS = 0.0025  # of the spline, relative


def printed() -> list[tuple[list[float], list[float]]]:
    """Rows of the table, each with a unit of its last digits: some columns were rounded, some cut off."""
    rows = [line.split() for line in TABLE_I.split("\n") if line]
    unit = [[10.0 ** (-len(mantissa.partition(".")[2]) + int(power or 0)) for mantissa, _, power in
             (word.partition("e") for word in row)] for row in rows]  # fmt: skip
    return [([float(word) for word in row], units) for row, units in zip(rows, unit, strict=True)]


@pytest.mark.parametrize(("row", "unit"), printed())
def test_every_row_of_the_printed_table(row: list[float], unit: list[float]) -> None:
    z, upper = row[0] * 1e3, row[0] > 86
    allowed = BETWEEN_THE_ROWS if upper else 0.0
    if row[1]:
        assert float(temperature_k(z)) == pytest.approx(row[1], abs=unit[1])
    assert float(pressure_pa(z)) / 100 == pytest.approx(row[2], rel=allowed, abs=unit[2])
    assert float(density_kg_m3(z)) == pytest.approx(row[3], rel=allowed, abs=unit[3])


def test_up_to_81_km_another_programme_says_the_same() -> None:
    z = np.linspace(-5e3, 80e3, 2000)
    air = Atmosphere(z)
    assert density_kg_m3(z) == pytest.approx(air.density, rel=2e-5)  # its gas constant has fewer digits
    assert pressure_pa(z) == pytest.approx(air.pressure, rel=2e-5)
    assert temperature_k(z) == pytest.approx(air.temperature, rel=1e-6)
    assert speed_of_sound_m_s(z) == pytest.approx(air.speed_of_sound, rel=1e-5)


@pytest.mark.parametrize(("name", "ours", "apart"), [("rho", density_kg_m3, 3e-3), ("p", pressure_pa, 3e-3)])
def test_above_86_km_the_polynomials_of_poliastro_say_nearly_the_same(name: str, ours: object, apart: float) -> None:
    """Its logarithms are quartics fitted to the table: 0.24 % from the spline at most, at 98 km."""
    path = DATA / f"coesa76_{name}.dat"
    if not path.exists():
        pytest.skip(f"no {path}: the shared data are not beside this checkout")
    rows = np.array([[float(word) for word in line.split()] for line in path.read_text().splitlines()[1:]])
    z = np.linspace(86.0, 999.0, 3000)
    fits = rows[np.searchsorted(rows[:, 0], z, side="right") - 1, 1:]
    theirs = np.exp([np.polyval(fit, x) for fit, x in zip(fits, z, strict=True)])
    assert ours(z * 1e3) == pytest.approx(theirs, rel=apart)  # type: ignore[operator]


def six_gases() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Heights in km, density and pressure above 86 km by the standard's own equations 25 to 42, in fine steps.

    Each gas: n T = const exp(-integral f + v), with molecular and eddy diffusion, thermal diffusion of helium and the
    fluxes of table 7; hydrogen from 500 km both ways. Atomic oxygen is weighed with the mean air below 100 km, as the
    others are: `ussa1976` 0.3.4 takes nitrogen's weight there, and its density is 6.7 % too high at 500 km.
    """
    R, g0, r0, M0 = 8314.32, 9806.65, 6356.766, 28.9644  # lengths in km
    M = {"N2": 28.0134, "O": 15.9994, "O2": 31.9988, "Ar": 39.948, "He": 4.0026, "H": 1.00797}
    at_86 = {"N2": 1.129794e20, "O": 8.6e16, "O2": 3.030898e19, "Ar": 1.3514e18, "He": 7.5817e14}
    diffusion = {"O": (6.986e20, 0.75), "O2": (4.863e20, 0.75), "Ar": (4.487e20, 0.87), "He": (1.7e21, 0.691)}
    flux = {"O": (-5.809644e-4, 56.90311, 2.70624e-5), "O2": (1.366212e-4, 86.0, 8.333333e-5),
            "Ar": (9.434079e-5, 86.0, 8.333333e-5), "He": (-2.457369e-4, 86.0, 6.666667e-4)}  # fmt: skip
    z = np.concatenate([np.arange(86, 150, 0.01), 150 + 0.05 * np.arange(17_001)])
    mid, step = (z[1:] + z[:-1]) / 2, np.diff(z)
    T_z, T = temperature_k(z * 1e3 + 1e-6), temperature_k(mid * 1e3)
    slope, g = np.diff(T_z) / step, g0 * (r0 / (r0 + mid)) ** 2
    weight = np.where(mid < 100, M0, M["N2"])
    eddy = 120 * np.where(mid < 95, 1, np.exp(1 - 400 / np.maximum(400 - (mid - 95) ** 2, 1e-3))) * (mid < 115)
    total = lambda y: np.concatenate([[0.0], np.cumsum(y * step)])  # noqa: E731
    middle = lambda n: np.sqrt(n[1:] * n[:-1])  # noqa: E731
    n = {"N2": at_86["N2"] * T_z[0] / T_z * np.exp(-total(weight * g / (R * T)))}
    for gas, (a, b) in diffusion.items():
        D = a / middle(n["N2"] if gas in ("O", "O2") else n["N2"] + n["O"] + n["O2"]) * (T / 273.15) ** b
        heat = -0.4 * R / g * slope if gas == "He" else 0.0
        f = g / (R * T) * D / (D + eddy) * (M[gas] + weight * eddy / D + heat)
        Q, U, W = flux[gas]
        v = Q * (mid - U) ** 2 * np.exp(-W * (mid - U) ** 3)
        if gas == "O":
            low = np.maximum(97 - mid, 0)
            v += -3.416248e-3 * low**2 * np.exp(-5.008765e-4 * low**3)
        n[gas] = at_86[gas] * T_z[0] / T_z * np.exp(-total(f + v * (mid < 150)))
    top = int(np.argmin(np.abs(z - 500)))
    tau = total(M["H"] * g / (R * T))
    tau -= tau[top]
    D = 3.305e21 / middle(sum(n.values())) * np.sqrt(T / 273.15)
    lost = total(7.2e14 / D * (T / T_z[top]) ** 0.75 * np.exp((tau[1:] + tau[:-1]) / 2))
    lost = np.where(z < 500, lost - lost[top], 0.0)
    n["H"] = np.where(z < 150 - 1e-6, 0, (8e10 - lost) * (T_z[top] / T_z) ** 0.75 * np.exp(-tau))
    return z, sum(n[gas] * M[gas] for gas in n) / 6.022169e26, sum(n.values()) * 1.380622e-23 * T_z


def test_between_the_rows_the_spline_follows_the_standard_s_own_equations() -> None:
    z, density, pressure = six_gases()
    assert density_kg_m3(z * 1e3) == pytest.approx(density, rel=BETWEEN_THE_ROWS)
    assert pressure_pa(z * 1e3) == pytest.approx(pressure, rel=BETWEEN_THE_ROWS + 1e-4)


def test_the_air_carries_its_own_weight_up_to_86_km() -> None:
    z, step = np.linspace(-4.9e3, 85.9e3, 5000), 0.5
    fall = (pressure_pa(z - step) - pressure_pa(z + step)) / (2 * step)
    assert fall == pytest.approx(density_kg_m3(z) * 9.80665 * (6356766 / (6356766 + z)) ** 2, rel=1e-5)


@pytest.mark.parametrize("quantity", [density_kg_m3, pressure_pa, temperature_k])
def test_nothing_jumps_between_layers_or_where_the_table_begins(quantity: object) -> None:
    joins = layers().bounds_m[1:-1]
    assert quantity(joins - 1e-3) == pytest.approx(quantity(joins + 1e-3), rel=2e-6)  # type: ignore[operator]


def test_above_a_thousand_kilometres_there_is_no_air() -> None:
    assert density_kg_m3(HIGHEST_M) > 0
    assert pressure_pa(HIGHEST_M) > 0
    assert density_kg_m3(HIGHEST_M + 1) == 0
    assert pressure_pa(1e9) == 0
    assert float(temperature_k(1e7)) == pytest.approx(1000)


@pytest.mark.parametrize("height", [np.nan, -5001.0, [0.0, -np.inf]])
def test_what_is_no_height_of_the_standard_is_refused(height: object) -> None:
    with pytest.raises(ValueError, match="heights from -5000 m upward are wanted, in metres; got"):
        density_kg_m3(height)  # type: ignore[arg-type]


def test_no_speed_of_sound_where_the_standard_gives_none() -> None:
    with pytest.raises(ValueError, match="no speed of sound above 86,000 m; highest asked for: 90000 m"):
        speed_of_sound_m_s([0.0, 90e3])


def in_pieces(air: Layers, height_m: np.ndarray) -> np.ndarray:
    """Density as a kernel reads it."""
    i = np.clip(np.searchsorted(air.bounds_m, height_m, side="right") - 1, 0, len(air.log_density) - 1)
    low, high = air.bounds_m[i], air.bounds_m[i + 1]
    u = (height_m - (low + high) / 2) / ((high - low) / 2)
    return np.exp(np.sum(air.log_density[i] * u[:, None] ** np.arange(air.log_density.shape[1]), axis=1))


@given(st.lists(st.floats(LOWEST_M, HIGHEST_M), min_size=1, max_size=20))
def test_the_kernels_pieces_are_this_air(heights: list[float]) -> None:
    z = np.array(heights)
    error = np.abs(in_pieces(layers(), z) / density_kg_m3(z) - 1)
    assert error[z <= 86e3].max(initial=0) <= 1e-7
    assert error.max() <= 1e-4


def test_neighbouring_pieces_meet() -> None:
    above = np.sum(layers().log_density * (-1.0) ** np.arange(8), axis=1)[1:]
    below = np.sum(layers().log_density, axis=1)[:-1]
    assert above == pytest.approx(below, abs=1e-12)


def test_the_kernels_pieces_end_at_every_kink_of_the_standard() -> None:
    geopotential = np.array([11e3, 20e3, 32e3, 47e3, 51e3, 71e3])
    kinks = np.append(geopotential / (1 - geopotential / 6_356_766), [86e3, 91e3, 110e3, 120e3, 1e6])
    assert all(np.abs(layers().bounds_m - kink).min() < 1e-6 for kink in kinks)


def test_the_exponential_air_in_one_piece_is_the_kernels_exponential_air() -> None:
    z = np.linspace(-10e3, 250e3, 200)
    assert in_pieces(exponential_layers(), z) == pytest.approx(1.225 * np.exp(-z / 7200.0), rel=1e-12)
