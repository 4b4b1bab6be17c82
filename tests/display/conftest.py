"""A recorded run, a feed that holds it, and a server that shows it."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from jointwatch.display.feed import Feed
from jointwatch.display.server import Serving, create_app, serve_in_thread


def _recorded() -> ModuleType:
    name = "jointwatch_recorded_run"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("recorded_run.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def recorded() -> ModuleType:
    return _recorded()


@pytest.fixture(scope="session")
def whole(recorded: ModuleType) -> Feed:
    feed = Feed(recorded.RUN, volumes=recorded.volumes())
    recorded.fill(feed)
    return feed


@pytest.fixture
def feed(recorded: ModuleType, whole: Feed) -> Feed:
    """The whole run, but for its end; another one for each test."""
    feed = Feed(recorded.RUN, volumes={radar.id: whole.volume(radar.id) for radar in recorded.RUN.radars})
    for snapshot in whole.history(limit=1000):
        feed.publish(snapshot)
    for event in whole.events():
        feed.event(event)
    return feed


@pytest.fixture
def served(feed: Feed) -> Iterator[Serving]:
    handle = serve_in_thread(create_app(feed))
    yield handle
    handle.stop()
