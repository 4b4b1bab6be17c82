"""A partner that signs whatever the schema lets it say: every kind, odd values, about whatever stands in the logs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec

from jointwatch.messages.encoding import Message, kind_of
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.reference import EntryReference

ODD: tuple[Any, ...] = (
    *(0, 1, -1, 2**31, 2**63 - 1, 0.0, -0.0, 5e-324, 1e-300, 1e-12, 1e-3, 1.0, 3.14159, 90.0, 1e6, 1e9, 1e18, -1e18),
    *("", "a", "T-0001", "x" * 128, "x" * 200, "x" * 2_000, None, True, False),
)
Path = tuple[Any, ...]


class Dishonest:
    """Makes messages of a partner. now_tai_ns: what is near in time; known: entries that it may point at."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.known: list[EntryReference] = []

    def message(self, kind: str, log: str, number: int, now_tai_ns: int) -> Message:
        """Return one message of a kind, some of it odd; its header says who said it, and when it likes."""
        example = EXAMPLES[kind]
        logged = self.rng.choice([now_tai_ns] * 6 + [0, 2**63 - 1, now_tai_ns - 10 * 86_400 * 10**9])
        header = {"mode": "exercise", "run": "r", "origin": log.split("/")[0], "log": log, "logged_tai_ns": logged}
        content = msgspec.to_builtins(msgspec.structs.replace(example, **header, id=f"{kind}-{number}"))
        for _ in range(self.rng.choice([0, 1, 1, 2, 3, 8])):
            content = self._changed(content, type(example), now_tai_ns)
        return msgspec.convert(content, type(example))

    def _changed(self, content: Any, kind: type[Message], now_tai_ns: int) -> Any:
        """Return the content with one value another, where the schema allows that; else as it was."""
        path = self.rng.choice([each for each in _leaves(content) if each[0] not in HEADER])
        for _ in range(6):
            changed = _with(content, path, self._value(path, now_tai_ns))
            try:
                msgspec.convert(changed, kind)
            except msgspec.MsgspecError:
                continue
            return changed
        return content

    def _value(self, path: Path, now_tai_ns: int) -> Any:
        if str(path[-1]) in ("about", "corrects", "subject", "notification", "announced", "query") and self.known:
            return msgspec.to_builtins(self.rng.choice(self.known))
        if str(path[-1]).endswith("tai_ns"):
            return self.rng.choice([0, 2**63 - 1, now_tai_ns, now_tai_ns - 86_400 * 10**10, now_tai_ns + 10**12])
        if self.rng.random() < 0.3:
            return self.rng.uniform(-1.0, 1.0) * 10.0 ** self.rng.randint(-12, 12)
        return self.rng.choice(ODD)


HEADER = ("kind", "v", "mode", "run", "origin", "log", "logged_tai_ns", "id")
WHOLE = ("about", "corrects", "subject", "notification", "announced", "query")


def _leaves(content: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values in it; of references whole, as a part of one points nowhere."""
    if isinstance(content, dict) and (not path or path[-1] not in WHOLE):
        for name, value in content.items():
            yield from _leaves(value, (*path, name))
    elif isinstance(content, list | tuple) and content:
        for index, value in enumerate(content):
            yield from _leaves(value, (*path, index))
    else:
        yield path


def _with(content: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    if isinstance(content, dict):
        return {**content, path[0]: _with(content[path[0]], path[1:], value)}
    return [_with(each, path[1:], value) if k == path[0] else each for k, each in enumerate(content)]


KINDS = tuple(sorted(kind for kind, example in EXAMPLES.items() if kind_of(example) not in ("roster", "shard_opening")))
