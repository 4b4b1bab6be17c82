"""Rows and the programs they start are run as processes of their own; pytest collects the test that waits for them.

They mostly wait: they come first of the long files, all begin with the first one asked for, and where tests run in
several processes the others go on meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from tests.faults import run as catalogue

collect_ignore_glob = ["rows/*.py", "[!t]*.py"]

BESIDE_OTHERS = 3


def _is_row(item: pytest.Item) -> bool:
    return item.path.parent.name == "faults"


@pytest.fixture(scope="session")
def coming(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[catalogue.Result]]]:
    """What comes, or came, of each row that this session asks for."""
    rows = [item.callspec.params["name"] for item in request.session.items if _is_row(item)]
    workers = BESIDE_OTHERS if "PYTEST_XDIST_WORKER" in os.environ else catalogue.SIDE_BY_SIDE
    with catalogue.side_by_side(rows, full=False, workers=workers) as results:
        yield results
