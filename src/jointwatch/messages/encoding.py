"""Messages to bytes and back: MessagePack for what is signed, JSON for people; both strict, both from one schema."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from jointwatch.messages.accord import Assent, Conclusion, Proposal
from jointwatch.messages.act import Act
from jointwatch.messages.alert import Alert, Dispatch
from jointwatch.messages.consultation import Query, Reply
from jointwatch.messages.correction import Correction
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.feed_verdict import FeedVerdict
from jointwatch.messages.finding import Finding
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.incident import Incident
from jointwatch.messages.key_bounds import KeyBounds
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.local_track import LocalTrack
from jointwatch.messages.manifest import Manifest
from jointwatch.messages.not_understood import NotUnderstood, beginning
from jointwatch.messages.notice import Notice
from jointwatch.messages.notification import Notification, WindowExtension
from jointwatch.messages.outside_report import OutsideReport
from jointwatch.messages.party_root import PartyRoot
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.quantities import PRINTABLE_LINE
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.release import Release
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.roster import Roster
from jointwatch.messages.sentence import plain
from jointwatch.messages.shard_opening import ShardOpening
from jointwatch.messages.statement import Statement, StatementSignature
from jointwatch.messages.tracklet import Tracklet

Message: TypeAlias = (
    Roster
    | PartyRoot
    | KeyBounds
    | ShardOpening
    | Heartbeat
    | PlotReport
    | Tracklet
    | LocalTrack
    | LaunchReport
    | Correction
    | Receipt
    | Notice
    | OutsideReport
    | Correlation
    | FeedVerdict
    | Notification
    | WindowExtension
    | PostLaunchNotice
    | Query
    | Reply
    | Finding
    | Statement
    | StatementSignature
    | Manifest
    | Release
    | ReleasePolicy
    | Incident
    | Act
    | Proposal
    | Assent
    | Conclusion
    | Alert
    | Dispatch
)

Heard: TypeAlias = Message | NotUnderstood
"""What a partner may have said: it may run a later version."""

PAYLOAD_TYPE = "application/vnd.jointwatch.message+msgpack"
"""What the DSSE envelope around `encode(message)` calls it."""
PAYLOAD_TYPE_JSON = "application/vnd.jointwatch.message+json"
MAX_MESSAGE_BYTES = 64_000  # an entry of a log has at most 65,535, the envelope and its signatures included


class _Kind(msgspec.Struct):
    kind: str


_kind_decoder = msgspec.msgpack.Decoder(_Kind)
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)
_json_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)


class MessageRefused(ValueError):  # noqa: N818 - the word of the field, as in the exchange
    """Raised for bytes that are not a message of a known kind, and for messages that no partner could read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(plain(sentence))  # it may quote what came


def kinds() -> dict[str, type[Message]]:
    """Return the struct of each kind, by the name that stands in the messages' field `kind`."""
    return {str(struct.__struct_config__.tag): struct for struct in Message.__args__}


def kind_of(message: Heard) -> str:
    """Return the name of the message's kind."""
    if isinstance(message, NotUnderstood):
        return message.kind
    return str(message.__struct_config__.tag)


def encode(message: Message) -> bytes:
    """Return the bytes of a message: MessagePack, a map of field names in the order of the schema.

    What `decode` would refuse is refused here, so that nothing is signed that no partner can read.
    """
    try:
        data = _encoder.encode(message)
        data = _encoder.encode(_decoder.decode(data))  # whole numbers given for real ones become real
    except (*_UNREADABLE, TypeError, OverflowError) as error:
        raise MessageRefused(f"a {kind_of(message)} that cannot be sent: {_in_words(error)}") from None
    _check_size(data)
    return data


def _in_words(error: Exception) -> str:
    r"""Return what the schema wanted, with words in place of the expression of a text of one line.

    >>> _in_words(ValueError(f"Expected `str` matching regex {PRINTABLE_LINE!r} - at `$.text`"))
    'Expected one line without control characters - at `$.text`'
    """
    return str(error).replace(f"`str` matching regex {PRINTABLE_LINE!r}", "one line without control characters")


def decode(data: bytes) -> Message:
    """Return the message these bytes hold; only what `encode` would write is accepted."""
    _check_size(data)
    try:
        message = _decoder.decode(data)
    except _UNREADABLE as error:
        raise MessageRefused(f"the bytes are not a message of a known kind: {error}") from None
    if _encoder.encode(message) != data:
        raise MessageRefused(f"the MessagePack of this {kind_of(message)} is not in the one form that is written")
    return message


def kind_in(data: bytes) -> str:
    """Return the kind that a message says it is; what else it holds is not read."""
    return _kind_decoder.decode(data).kind


def hear(data: bytes) -> Heard:
    """Return the message these bytes hold, or what a later version wrote: another kind, or one with v above 1."""
    try:
        return decode(data)
    except MessageRefused as refusal:
        later = _later(data)
        if later is None:
            raise refusal from None
        return later


def _later(data: bytes) -> NotUnderstood | None:
    """Return what only a later version can read; None where these bytes hold no such thing."""
    if len(data) > MAX_MESSAGE_BYTES:
        return None
    try:
        found = beginning(data)
    except (*_UNREADABLE, ValueError, TypeError, OverflowError):
        return None
    return None if found.v == 1 and found.kind in kinds() else found


def to_json(message: Message, *, indent: int | None = None) -> bytes:
    """Return the message as JSON: the same fields, bytes in base64; indented by so many blanks where asked for."""
    data = msgspec.json.encode(message)
    return data if indent is None else msgspec.json.format(data, indent=indent)


def from_json(data: bytes | str) -> Message:
    """Return the message that JSON of the same schema holds; unknown kinds and fields are refused."""
    if len(data) > 4 * MAX_MESSAGE_BYTES:
        raise MessageRefused(f"the JSON has {len(data)} characters; at most {4 * MAX_MESSAGE_BYTES} are read")
    try:
        return _json_decoder.decode(data)
    except _UNREADABLE as error:
        raise MessageRefused(f"the JSON is not a message of a known kind: {error}") from None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of all kinds: one document, told apart by `kind`."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Jointwatch messages, version 1"}
    return schema | msgspec.json.schema(Message)


def _check_size(data: bytes) -> None:
    if len(data) > MAX_MESSAGE_BYTES:
        raise MessageRefused(f"the message has {len(data)} bytes; at most {MAX_MESSAGE_BYTES} fit an entry of a log")
