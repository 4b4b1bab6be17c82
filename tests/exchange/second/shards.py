"""Section 12: the shards of a log, each continuing the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import notes
from .wrong import need

if TYPE_CHECKING:
    from .directories import Log
    from .keys import Keys

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def name_of(path: str) -> str:
    """The log or shard that a file under logs/ belongs to."""
    words = path.split("/")[1:]
    return "/".join(words[: 4 if len(words) > 4 and MONTH.fullmatch(words[3]) else 3])


def whole(name: str) -> str:
    """The log that a shard is of; the log itself where it is none."""
    return "/".join(name.split("/")[:3])


def check(logs: Mapping[str, Log], said: Mapping[str, Sequence[Any]], keys: Mapping[str, Keys]) -> None:
    """Every opening where it belongs and nowhere else, and every chain of shards."""
    for name, messages in said.items():
        openings = [position for position, one in enumerate(messages) if one["kind"] == "shard_opening"]
        need(openings == ([0] if name != whole(name) else []), 12, f"{name} has openings at {openings}")
    for name in sorted({whole(name) for name in logs if name != whole(name)}):
        need(name not in logs, 12, f"{name} stands beside its shards")
        need(name.split("/")[2] not in ("roster", "manifest", "accord"), 12, f"{name} has shards")
        _check_chain([one for one in sorted(logs) if whole(one) == name], logs, said, keys[name.split("/")[0]])


def _check_chain(names: Iterable[str], logs: Mapping[str, Log], said: Mapping[str, Sequence[Any]], owner: Keys) -> None:
    before = None
    for name in names:
        opening = said[name][0]
        need(opening["shard"] == name.split("/")[3], 12, f"{name} has another shard's opening")
        if opening["closes"]:
            closed = notes.checkpoint(opening["closes"])
            last = _closed(closed, name, opening["last_logged_tai_ns"], owner)
            need(before in (None, last), 12, f"{name} does not continue {before}")
        else:
            need(before is None, 12, f"{name} closes nothing, and {before} stands before it")
        if before is not None:
            there = logs[before].checkpoint
            need((closed.size, closed.root) == (there.size, there.root), 12, f"{before} is not as it was closed")
            need(said[before][-1]["logged_tai_ns"] == opening["last_logged_tai_ns"], 12, "another time than the last")
        before = name


def _closed(closed: notes.Checkpoint, name: str, tai_ns: int, owner: Keys) -> str:
    """The shard that a checkpoint closes, its signatures verified."""
    prefix = f"jointwatch/{owner.run}/"
    need(closed.origin.startswith(prefix), 12, "a checkpoint of another run")
    last = closed.origin.removeprefix(prefix)
    month = last.removeprefix(f"{whole(name)}/")
    earlier = MONTH.fullmatch(month) and last == f"{whole(name)}/{month}" and last < name
    need(bool(earlier) and closed.size > 0, 12, f"{last} is no earlier shard than {name}")
    log_key, second = owner.signer("log", tai_ns, lambda one: notes.by(closed, closed.origin, notes.LOG, one))
    notes.check_log_signature(closed, closed.origin, log_key)
    for key in second:
        notes.check_second_log_signature(closed, closed.origin, key)
    need([line.name for line in closed.lines] == [closed.origin] * (1 + len(second)), 12, "lines of others")
    return last
