"""Each row of the fault catalogue, scaled: run as a process of its own, several side by side, and judged one by one."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from tests.faults import run as catalogue


@pytest.mark.timeout(0)  # each row has a limit of its own, and the first one waits for many
@pytest.mark.parametrize("name", catalogue.names())
def test_the_invariant_holds_after(name: str, coming: dict[str, Future[catalogue.Result]]) -> None:
    found = coming[name].result()
    print(found.cells())
    if found.verdict == "cannot run here":
        pytest.skip(found.detail)
    assert found.verdict == "held", found.detail
    assert (found.lost, found.duplicated) == (0, 0)
