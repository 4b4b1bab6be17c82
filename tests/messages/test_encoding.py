"""The bytes of messages: one form, strict in what is read, and nothing written that could not be read."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.messages.encoding import (
    MAX_MESSAGE_BYTES,
    Message,
    MessageRefused,
    decode,
    encode,
    from_json,
    json_schema,
    kind_of,
    kinds,
    to_json,
)
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.heartbeat import Heartbeat

every_kind = pytest.mark.parametrize("message", EXAMPLES.values(), ids=EXAMPLES)
some_message = st.sampled_from(list(EXAMPLES.values()))


def as_map(message: Message) -> dict[str, Any]:
    found = msgspec.msgpack.decode(encode(message))
    assert isinstance(found, dict)
    return found


@every_kind
def test_a_message_survives_its_bytes_and_its_json(message: Message):
    assert decode(encode(message)) == message
    assert from_json(to_json(message, indent=2)) == message
    assert encode(from_json(to_json(message))) == encode(message)


@every_kind
def test_the_bytes_are_a_plain_map_that_names_kind_version_mode_and_run(message: Message):
    fields = as_map(message)
    assert (fields["kind"], fields["v"], fields["mode"], fields["run"]) == (
        kind_of(message),
        1,
        "exercise",
        message.run,
    )
    assert set(fields) == {"kind", *message.__struct_fields__}  # every field is written, also at its default


@every_kind
def test_an_unknown_field_is_refused_and_named(message: Message):
    with pytest.raises(MessageRefused, match="unknown field `colour`"):
        decode(msgspec.msgpack.encode(as_map(message) | {"colour": "red"}))


@every_kind
def test_every_field_must_be_written(message: Message):
    for name in message.__struct_fields__:
        fields = as_map(message)
        del fields[name]
        with pytest.raises(MessageRefused):
            decode(msgspec.msgpack.encode(fields))


def test_an_unknown_kind_a_later_version_and_an_unknown_mode_are_refused():
    fields = as_map(EXAMPLES["heartbeat"])
    for wrong, words in (({"kind": "order"}, "'order'"), ({"v": 2}, "2"), ({"mode": "drill"}, "'drill'")):
        with pytest.raises(MessageRefused, match=f"Invalid (enum )?value {words}"):
            decode(msgspec.msgpack.encode(fields | wrong))


@every_kind
def test_trailing_bytes_are_refused(message: Message):
    with pytest.raises(MessageRefused, match="trailing"):
        decode(encode(message) + b"\0")


def test_another_order_of_fields_is_refused_so_that_a_message_has_one_form():
    fields = as_map(EXAMPLES["heartbeat"])
    reversed_fields = dict(reversed(fields.items()))
    with pytest.raises(MessageRefused, match="not in the one form"):
        decode(msgspec.msgpack.encode(reversed_fields))


def test_a_field_given_twice_is_refused():
    data = encode(EXAMPLES["heartbeat"])
    assert data[0] & 0xF0 == 0x80  # a fixmap, so one more pair is one more in the first byte
    with pytest.raises(MessageRefused, match="not in the one form"):
        decode(bytes([data[0] + 1]) + data[1:] + msgspec.msgpack.encode("number") + msgspec.msgpack.encode(7))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_may_be_nan_or_infinite(value: float):
    for name in ("range_m", "azimuth_rad", "sigma_elevation_rad"):
        fields = as_map(EXAMPLES["plot_report"])
        fields[name] = [value, fields[name][1]]
        with pytest.raises(MessageRefused, match=name):
            decode(msgspec.msgpack.encode(fields))
    state = (*EXAMPLES["tracklet"].state[:5], value)
    with pytest.raises(MessageRefused, match="cannot be sent"):
        encode(msgspec.structs.replace(EXAMPLES["tracklet"], state=state))


def test_a_text_that_would_steer_a_terminal_is_refused_in_words():
    with pytest.raises(MessageRefused, match=r"Expected one line without control characters - at `\$\.text`$"):
        encode(msgspec.structs.replace(EXAMPLES["query"], text="red \x1b[31m"))


def test_whole_numbers_given_for_real_ones_are_written_as_real_ones():
    asked = msgspec.structs.replace(EXAMPLES["tracklet"], boost_probability=1)
    assert decode(encode(asked)).boost_probability == 1.0


def test_a_message_over_the_limit_is_refused_both_ways():
    holds = EXAMPLES["heartbeat"].holds * 256
    big = msgspec.structs.replace(EXAMPLES["incident"], evidence=bytes(48 * 1024))
    assert len(encode(big)) < MAX_MESSAGE_BYTES
    assert len(encode(msgspec.structs.replace(EXAMPLES["heartbeat"], holds=holds))) < MAX_MESSAGE_BYTES
    finding = EXAMPLES["finding"]
    reason = "x" * 2_000
    many = tuple(msgspec.structs.replace(finding.objects[0], reason=reason) for _ in range(40))
    with pytest.raises(MessageRefused, match="at most 64000"):
        encode(msgspec.structs.replace(finding, objects=many))
    with pytest.raises(MessageRefused, match="at most 64000"):
        decode(bytes(MAX_MESSAGE_BYTES + 1))
    with pytest.raises(MessageRefused, match="at most"):
        from_json(b" " * (4 * MAX_MESSAGE_BYTES + 1))


def test_text_that_could_steer_a_terminal_is_refused():
    for text in ("\x1b[2J", "two\nlines", "line\n", "left\u202eright", "\udcff"):
        with pytest.raises(MessageRefused):
            encode(msgspec.structs.replace(EXAMPLES["incident"], text=text))


@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_the_one_error(data: bytes):
    for read in (decode, from_json):
        with pytest.raises(MessageRefused):
            read(data)


@settings(max_examples=400)
@given(some_message, st.data())
def test_a_changed_byte_is_refused_or_read_as_what_it_then_says(message: Message, data: st.DataObject):
    good = bytearray(encode(message))
    at = data.draw(st.integers(0, len(good) - 1))
    good[at] ^= data.draw(st.integers(1, 255))
    try:
        read = decode(bytes(good))
    except MessageRefused:
        return
    assert encode(read) == bytes(good)
    assert to_json(read) != to_json(message)  # not the structs: -0.0 equals 0.0


@settings(max_examples=200)
@given(some_message, st.data())
def test_a_cut_message_is_refused(message: Message, data: st.DataObject):
    good = encode(message)
    with pytest.raises(MessageRefused):
        decode(good[: data.draw(st.integers(0, len(good) - 1))])


header = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["exercise", "operational"]),
        "run": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,30}", fullmatch=True),
        "origin": st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True),
        "log": st.just("a/b/c"),
        "logged_tai_ns": st.integers(0, 2**63 - 1),
        "id": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,30}", fullmatch=True),
    }
)
printable = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=60)
bounded = st.floats(-1e18, 1e18, allow_nan=False)


@given(header, st.integers(0, 2**63 - 1), printable)
def test_any_heartbeat_survives_its_bytes(head: dict[str, Any], number: int, text: str):
    message = Heartbeat(**head, number=number, text=text)
    assert decode(encode(message)) == message
    assert from_json(to_json(message)) == message


@given(st.tuples(*[bounded] * 6), st.tuples(*[st.floats(0, 1e18)] * 21))
def test_any_state_and_covariance_survives_to_the_bit(state: tuple[float, ...], covariance: tuple[float, ...]):
    message = msgspec.structs.replace(EXAMPLES["tracklet"], state=state, covariance=covariance)
    for read in (decode(encode(message)), from_json(to_json(message))):
        assert [x.hex() for x in read.state + read.covariance] == [x.hex() for x in state + covariance]


def test_there_is_a_schema_of_every_kind_and_the_examples_keep_to_it():
    schema = json_schema()
    mapping = schema["discriminator"]["mapping"]
    assert set(mapping) == set(kinds())
    for kind, message in EXAMPLES.items():
        definition = schema["$defs"][mapping[kind].rpartition("/")[2]]
        assert definition["additionalProperties"] is False
        assert set(as_map(message)) == set(definition["properties"])


def test_a_refusal_is_one_short_line_whatever_it_quotes():
    for kind in ("x" * 60_000, "\x1b[2J\u202e", "a\nb"):
        with pytest.raises(MessageRefused) as caught:
            decode(msgspec.msgpack.encode({"kind": kind}))
        assert len(str(caught.value)) < 700
        assert str(caught.value).isprintable()
