"""One centre with people at its page, for a module; what is signed in ends with each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jointwatch.centre.api.attempts import Attempts
from tests.centre.api.at_the_page import Page, manned


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with manned(tmp_path_factory.mktemp("page") / "moscow") as page:
        yield page


@pytest.fixture
def page(centre: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    fresh = Attempts()  # wrong passwords of another test are forgotten
    monkeypatch.setattr(centre.office.attempts, "_left", fresh._left)
    return centre
