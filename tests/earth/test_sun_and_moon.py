"""Places of Sun and Moon against ERFA's; tide and light against what they must be."""

from __future__ import annotations

import erfa
import numpy as np
import pytest

from jointwatch.earth.frames import ecef_from_gcrs
from jointwatch.earth.states import Gcrs
from jointwatch.earth.sun_and_moon import (
    AU_M,
    GM_MOON_M3_S2,
    GM_SUN_M3_S2,
    moon_m,
    radiation_m_s2,
    sun_m,
    tide_m_s2,
)
from jointwatch.earth.timescale import tai_ns_from_utc

TIMES = np.array(
    [tai_ns_from_utc(f"{year}-{month:02d}-15T{7 * month % 24:02d}:00:00Z")
     for year in (2000, 2005, 2010, 2018, 2024) for month in range(1, 13)]
)  # fmt: skip
OFF_DEG, OFF_SHARE = 0.1, 2e-3  # what the module says of itself


def of_erfa(body: str) -> np.ndarray:
    """Return Earth-fixed positions (n, 3) by VSOP and ELP, some arc seconds, turned by our frames."""
    julian = 2440587.5 + (TIMES / 1e9 + 32.184) / 86400
    states = erfa.moon98(julian, 0.0)["p"] * AU_M if body == "moon" else -erfa.epv00(julian, 0.0)[0]["p"] * AU_M
    return ecef_from_gcrs(Gcrs(np.concatenate([states, np.zeros_like(states)], axis=1)), TIMES).r_m


@pytest.mark.parametrize("body", ["sun", "moon"])
def test_they_stand_where_erfa_has_them(body: str) -> None:
    ours, theirs = (sun_m if body == "sun" else moon_m)(TIMES), of_erfa(body)
    near, far = np.linalg.norm(ours, axis=1), np.linalg.norm(theirs, axis=1)
    assert np.abs(near / far - 1).max() < OFF_SHARE
    turned = np.linalg.norm(np.cross(ours, theirs), axis=1) / near / far
    assert np.degrees(np.arcsin(turned)).max() < OFF_DEG
    assert (np.einsum("ni,ni->n", ours, theirs) > 0).all()


def test_a_tide_pulls_towards_and_away_and_presses_from_the_sides() -> None:
    body, out = np.array([[4e8, 0.0, 0.0]]), 4.2e7
    towards, away, aside = (
        tide_m_s2(body, GM_MOON_M3_S2, out * np.array([d])) for d in ([1.0, 0, 0], [-1.0, 0, 0], [0, 1.0, 0])
    )
    linear = GM_MOON_M3_S2 * out / 4e8**3
    assert towards[0, 0] > 2 * linear > -away[0, 0] > 0
    assert aside[0, 1] == pytest.approx(-linear, rel=0.05)
    assert tide_m_s2(body, GM_SUN_M3_S2, np.zeros((1, 3))) == pytest.approx(0.0, abs=1e-18)


def test_light_pushes_away_from_the_sun() -> None:
    sun, here = sun_m(TIMES), np.tile([4.2e7, 0.0, 0.0], (len(TIMES), 1))
    push = radiation_m_s2(sun, here, 0.02)
    assert (np.einsum("ni,ni->n", push, sun) < 0).all()
    assert np.linalg.norm(push, axis=1) == pytest.approx(9.12e-8, rel=0.04)
