"""Whoever listens to a record hears of everything in it, whatever other threads do meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId

LOG = LogId("moscow", "moscow", "record")


def test_what_one_thread_wrote_is_told_though_the_block_of_another_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, told = threading.Event(), list[tuple[LogId, int]]()
    with Store(tmp_path / "moscow.db", run="r", owner="moscow", log_key=SigningKey.generate()) as store:
        store.listen(lambda log, size: told.append((log, size)))
        tell = store._tell

        def late(positions: Mapping[LogId, range]) -> None:
            inside.wait(60)
            tell(positions)

        monkeypatch.setattr(store, "_tell", late)
        writer = threading.Thread(target=store.append, args=({LOG: [b"one"]},))
        writer.start()
        while not store.size(LOG):
            writer.join(0.01)
        with suppress(InterruptedError), store.together():
            inside.set()
            writer.join(60)
            raise InterruptedError
    assert told == [(LOG, 1)]
