"""What a later version says is kept as it came; what merely looks like it is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jointwatch.messages.encoding import MessageRefused, decode, encode, hear, kind_of, kinds
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.not_understood import DEEPEST, NotUnderstood

SAID: dict[str, Any] = msgspec.msgpack.decode(encode(EXAMPLES["heartbeat"]))


def later(**fields: Any) -> bytes:
    return msgspec.msgpack.encode(SAID | fields)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("kind", kinds())
def test_what_this_version_understands_is_heard_as_what_it_is(kind: str):
    assert hear(encode(EXAMPLES[kind])) == EXAMPLES[kind]


@pytest.mark.parametrize(
    "fields",
    [{"kind": "weather"}, {"v": 2}, {"v": 65_535}, {"v": 2, "number": "many", "more": {"a": [b"", 1.5, None]}}],
)
def test_a_new_kind_or_version_is_kept_byte_for_byte(fields: dict[str, Any]):
    data = later(**fields)
    found = hear(data)
    assert isinstance(found, NotUnderstood)
    assert (found.payload, found.origin, found.logged_tai_ns) == (data, SAID["origin"], SAID["logged_tai_ns"])
    assert kind_of(found) == fields.get("kind", "heartbeat")
    assert found.in_words().startswith("not understood: ")
    with pytest.raises(MessageRefused):
        decode(data)


@pytest.mark.parametrize(
    "fields",
    [
        {"more": 1},  # version 1 is closed
        {"number": -1},
        {"v": 0},
        {"v": 65_536},
        {"v": 1.0},
        {"v": True},
        {"kind": "Weather"},
        {"kind": "weather\n"},
        {"kind": ""},
        {"v": 2, "origin": "MOSCOW"},
        {"v": 2, "mode": "drill"},
        {"v": 2, "logged_tai_ns": -1},
        {"v": 2, "more": float("nan")},
        {"v": 2, "more": {1: 2}},
        {"v": 2, "more": msgspec.msgpack.Ext(5, b"x")},
        {"v": 2, "more": nested(DEEPEST)},
    ],
)
def test_what_no_version_would_write_is_refused(fields: dict[str, Any]):
    with pytest.raises(MessageRefused):
        hear(later(**fields))


def test_the_deepest_there_may_be_is_kept():
    assert isinstance(hear(later(v=2, more=nested(DEEPEST - 2))), NotUnderstood)


def test_another_order_or_form_is_refused():
    said = {"v": 2, **SAID} | {"v": 2}
    with pytest.raises(MessageRefused):
        hear(msgspec.msgpack.encode(said))
    with pytest.raises(MessageRefused):
        hear(later(v=2).replace(b"\xa1v\x02", b"\xa1v\xcc\x02"))
