"""Two centres whose logs come to each other as a test has it, and one ascent that the radars of both see."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from jointwatch.exchange.logid import LogId
from jointwatch.messages.picture import Picture
from jointwatch.messages.plot_report import PlotReport
from tests.centre import observed
from tests.centre.watched import T0, Watched, entry

S = 1_000_000_000
ASCENT = observed.ascent(200.0)
Pair = tuple[Watched, Watched]


@contextmanager
def both(folder: Path) -> Iterator[Pair]:
    """Moscow and Brussels, each with its records in a folder of its own."""
    for name in ("moscow", "brussels"):
        (folder / name).mkdir()
    with (
        closing(Watched(folder / "moscow", centre="moscow")) as moscow,
        closing(Watched(folder / "brussels", centre="brussels")) as brussels,
    ):
        yield moscow, brussels


def see(at: Watched, k: int, off_ns: int = 0) -> None:
    """A scan of the centre's own radar, of one ascent that both radars see; off_ns: of the centre's clock."""
    record, rng = LogId(at.centre, at.centre, "record"), np.random.default_rng([k, len(at.centre)])
    time, place = T0 + 5 * S * k, ASCENT[k]
    at.now_tai_ns = time + S + off_ns
    content = observed.scan(place, time, rng, f"radar-of-{at.centre}")
    at.store.append({record: [entry(PlotReport, record, k, time + off_ns, **content)]})
    at.settle()


def pull(to: Watched, of: Watched, order: random.Random | None = None) -> None:
    """Take in what the partner said, of some logs all, of others nothing yet."""
    logs = [log for log in of.store.logs() if log.owner == of.centre and not log.internal]
    if order is not None:
        logs = order.sample(logs, order.randint(0, len(logs)))
    for log in logs:
        if to.store.size(log) < of.store.size(log):
            to.store.store_mirrored(of.store.frame(log, to.store.size(log), max_bytes=1 << 22))
    to.settle()


def settled(pair: Pair) -> tuple[Picture, Picture]:
    for to, of in (pair, pair[::-1]):
        pull(to, of)
    first, second = (one.station.joint_picture() for one in pair)
    assert first is not None
    assert second is not None
    return first, second


def observe(pair: Pair, scans: range, order: random.Random) -> None:
    for k in scans:
        for number, one in enumerate(pair):
            see(one, k, off_ns=number * 300_000_000)
        for to, of in (pair, pair[::-1]):
            pull(to, of, order)


def both_in(picture: Picture) -> bool:
    return {owner for track in picture.tracks for owner in track.owners} == {"brussels", "moscow"}


def rng() -> np.random.Generator:
    return np.random.default_rng(9)
