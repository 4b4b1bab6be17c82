"""Rows and the programs they start are run as processes of their own; pytest collects the test that waits for them.

They mostly wait, so they begin with the session, two side by side, and other tests go on meanwhile; six where nothing
else is asked for.
"""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import ExitStack

import pytest

from tests.faults import run as catalogue

collect_ignore_glob = ["rows/*.py", "[!t]*.py"]

BEGUN = pytest.StashKey[dict[str, "Future[catalogue.Result]"]]()
ENDING = pytest.StashKey[ExitStack]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin the rows that this session asks for."""
    rows = [item.callspec.params["name"] for item in session.items if item.path.parent.name == "faults"]
    if rows and not session.config.option.collectonly:
        workers = catalogue.SIDE_BY_SIDE if len(rows) == len(session.items) else 2
        ending = session.config.stash[ENDING] = ExitStack()
        coming = catalogue.side_by_side(rows, full=False, workers=workers)
        session.config.stash[BEGUN] = ending.enter_context(coming)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Begin none of the rows that have not begun."""
    if ENDING in session.config.stash:
        session.config.stash[ENDING].close()


@pytest.fixture
def coming(request: pytest.FixtureRequest) -> dict[str, Future[catalogue.Result]]:
    """What comes, or came, of each row."""
    return request.config.stash[BEGUN]
