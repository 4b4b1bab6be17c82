"""Importing a room costs nothing that is not used."""

import subprocess
import sys

import pytest

LIGHT = ["earth.timescale", "earth.ellipsoid", "earth.geodesic", "earth.states", "earth.topocentric", "earth.horizon"]
LIGHT += ["earth.julian", "earth.orientation", "earth.frames", "earth.refraction"]
LIGHT += ["flight", "flight.boost", "flight.coast", "flight.path", "flight.arcs", "flight.orbit", "flight.vehicle"]


@pytest.mark.parametrize("module", ["numba", "scipy"])
def test_no_light_module_imports(module: str) -> None:
    code = "import sys, " + ", ".join(f"jointwatch.{name}" for name in LIGHT) + f"; print({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
