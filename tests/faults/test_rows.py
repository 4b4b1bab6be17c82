"""Each row of the fault catalogue, scaled: run as a process of its own, several side by side, and judged one by one."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("faults_run", Path(__file__).with_name("run.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault("faults_run", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


catalogue = _load()


@pytest.fixture(scope="module")
def coming(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Any]]]:
    """The rows that this session asks for, all begun."""
    here = [item for item in request.session.items if item.path == request.path]
    wanted = [item.callspec.params["name"] for item in here if "name" in item.fixturenames]
    with catalogue.side_by_side(wanted, full=False, workers=catalogue.SIDE_BY_SIDE) as results:
        yield results


@pytest.mark.parametrize("name", catalogue.names())
def test_the_invariant_holds_after(name: str, coming: dict[str, Future[Any]]) -> None:
    found = coming[name].result()
    print(found.cells())
    if found.verdict == "cannot run here":
        pytest.skip(found.detail)
    assert found.verdict == "held", found.detail
    assert (found.lost, found.duplicated) == (0, 0)
