"""Impacts on a CUDA device: the same as on the processor. Without a device, in Numba's simulator of one.

The simulator runs the device's code as Python, a thread for a thread, so it sees what is flown and how it is launched,
and nothing of the compiler for the device.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable

import numpy as np
import pytest

from jointwatch.flight import coast
from jointwatch.flight.lanes import WAYS
from jointwatch.flight.model import EXP, US76, Model
from jointwatch.flight.unrolled import advance_source, lane_source

Arcs = Callable[..., np.ndarray]

SAME_M, SAME_S = 0.01, 1e-5  # between device and processor: rounding moves an impact by some 1e-7 m
MANY = 1_000_000
BETAS = (200.0, 5000.0, np.inf)
ORBIT = [6778137.0, 0.0, 0.0, 0.0, 7174.0, 0.0]
SIMULATED = """
import sys
import numpy as np
from jointwatch.flight import device
from jointwatch.flight.model import EXP, US76
given, out, name = sys.argv[1:]
assert device.available(), "this Numba has no simulator of a CUDA device"
x, beta = np.split(np.load(given), [6], axis=1)
np.savez(out, *device.impact_arrays(x, beta[:, 0], model={"exp": EXP, "us76": US76}[name]))
"""


def assert_same(one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> None:
    """Times, states and what reached the ground."""
    assert np.array_equal(one[2], other[2])
    off_m, off_s = np.linalg.norm((one[1] - other[1])[one[2], :3], axis=1), np.abs(one[0] - other[0])[one[2]]
    assert off_m.max() < SAME_M
    assert off_s.max() < SAME_S
    assert np.isnan(one[1][~one[2]]).all()


@pytest.mark.parametrize("way", WAYS)
def test_a_lane_alone_takes_the_step_that_a_block_takes(way: str) -> None:
    _, variables, per_lane = WAYS[way]
    shared = ("j2", "j3", "j4", "air")
    block, lane = (
        source("step", slopes="slopes", variables=variables, shared=shared, per_lane=per_lane)
        for source in (advance_source, lane_source)
    )
    loop = "    for i in range(64):\n"
    assert textwrap.dedent(block.split(loop)[1]) == textwrap.dedent(lane.split("\n", 1)[1])


@pytest.mark.parametrize("model", [EXP, US76], ids=["exp", "us76"])
def test_in_a_simulated_device_flights_of_every_kind_end_where_they_do_on_the_processor(
    model: Model, arcs: Arcs, tmp_path: object, request: pytest.FixtureRequest
) -> None:
    x = np.concatenate(
        [
            arcs(3, angle_deg=(25, 55), speed_km_s=(2, 7)),
            arcs(2, angle_deg=(10, 25), speed_km_s=(4, 7)),
            arcs(1, angle_deg=(25, 55), speed_km_s=(1, 2)),
            [ORBIT],
        ]
    )
    beta = np.resize(BETAS, len(x))
    given, out = f"{tmp_path}/given.npy", f"{tmp_path}/out.npz"
    np.save(given, np.column_stack([x, beta]))
    # numbers that Python computes with warn where compiled ones are quietly infinite
    python = [sys.executable, "-W", "error", "-W", "ignore::RuntimeWarning", "-c", SIMULATED]
    ran = subprocess.run(
        [*python, given, out, request.node.callspec.id],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    with np.load(out) as there:
        simulated = tuple(there.values())
    assert_same(simulated, coast.impact_arrays(x, beta, model=model))
    assert simulated[2].sum() == len(x) - 1


@pytest.mark.parametrize("model", [EXP, US76], ids=["exp", "us76"])
def test_a_million_impacts_on_a_device_are_those_on_the_processor(model: Model, arcs: Arcs) -> None:
    from numba.core import config

    from jointwatch.flight import device

    if not device.available() or config.ENABLE_CUDASIM:
        pytest.skip("no CUDA device, or no compiler for it (jointwatch[gpu])")
    x = arcs(MANY, angle_deg=(15, 75), speed_km_s=(1, 7))
    beta = np.resize(BETAS, MANY)
    assert_same(device.impact_arrays(x, beta, model=model), coast.impact_arrays(x, beta, model=model))


def test_without_a_device_it_says_what_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    from jointwatch.flight import device

    monkeypatch.setattr(device, "available", lambda: False)
    said = "wants a CUDA device with its driver and the extra jointwatch[gpu]"
    with pytest.raises(RuntimeError, match=re.escape(said)):
        device.impact_arrays(np.array([ORBIT]), np.inf)


def test_a_numba_without_its_part_for_cuda_has_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    from jointwatch.flight import device

    monkeypatch.setattr(device, "cuda", None)
    assert not device.available()


def test_flying_on_the_processor_does_not_import_what_a_device_wants() -> None:
    code = (
        "import sys; from jointwatch.flight import coast, itinerary; sys.exit('numba.cuda.decorators' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
