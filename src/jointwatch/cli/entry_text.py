"""What a message says, in one line for a person."""

from __future__ import annotations

from collections.abc import Callable
from math import degrees
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jointwatch.messages.encoding import Heard


def in_words(message: Heard) -> str:
    """Return one line on what the message says; of what it withholds, that it is withheld."""
    from jointwatch.messages.encoding import kind_of
    from jointwatch.messages.not_understood import NotUnderstood

    if isinstance(message, NotUnderstood):
        return message.in_words()
    return _WORDS[kind_of(message)](message)


def _launch(items: Any) -> str:
    place = f"{degrees(items.launch.latitude_rad):.2f}, {degrees(items.launch.longitude_rad):.2f} deg"
    verdict = items.verdict or "verdict withheld"
    return f"{items.track}: launched at {place}, {verdict}; {items.reason}"


def _plots(message: Any) -> str:
    return f"{len(message.range_m)} plots of {message.sensor or 'a masked sensor'}"


def _tracklet(message: Any) -> str:
    return f"{message.track} no. {message.number}, {message.plots} plots, boost {message.boost_probability:.2f}"


def _correction(message: Any) -> str:
    instead = "; instead: " + _launch(message.replacement) if message.replacement else ""
    return f"entry {message.corrects.index} of {message.corrects.log} does not hold: {message.reason}{instead}"


def _finding(message: Any) -> str:
    objects = [f"{found.object}: {found.verdict or 'verdict withheld'}" for found in message.objects]
    return "; ".join([*objects, *message.sentences]) or "no objects"


def _statement(message: Any) -> str:
    said = "agree" if message.agree else "do not agree"
    return f"{', '.join(message.centres)} {said}: {' '.join(message.sentences)}"


def _manifest(message: Any) -> str:
    return f"{len(message.files)} files, part {message.part} of {message.parts}"


def _roster(message: Any) -> str:
    return f"roster {message.number}: {', '.join(key.purpose for key in message.keys)}"


def _opening(message: Any) -> str:
    return f"the shard of {message.shard} begins" + (", the one before it is closed" if message.closes else "")


def _release(message: Any) -> str:
    held_back = f", without {', '.join(message.withheld)}" if message.withheld else ""
    return f"entry {message.internal.index} went out as {message.outbound.log} {message.outbound.index}{held_back}"


def _track(message: Any) -> str:
    known = f", satellite {message.satellite}" if message.satellite else ""
    return f"{message.track} {message.status}, {message.plots} plots{known}"


def _reply(message: Any) -> str:
    shown = f"; discloses {len(message.disclosed)}" if message.disclosed else ""
    return f"to entry {message.query.index} of {message.query.log}, {message.outcome}: {message.text}{shown}"


def _policy(message: Any) -> str:
    rules = "; ".join(rule.in_words() for rule in message.rules) or "nothing is released"
    return f"policy {message.number}: {rules}; {message.reason}"


def _root(message: Any) -> str:
    names = ", ".join(officer.name for officer in message.officers)
    return f"root {message.number}: {message.threshold} of {names} sign what the roster log says"


def _bounds(message: Any) -> str:
    from jointwatch.exchange.keys import fingerprint

    ends = ", ".join(f"{place.log} {place.index}" for place in message.until or ())
    what = "was compromised" if message.compromised else "is bounded"
    return f"the key {fingerprint(message.public_key)} {what}, until {ends or 'open'}: {message.reason}"


_WORDS: dict[str, Callable[[Any], str]] = {
    "roster": _roster,
    "party_root": _root,
    "key_bounds": _bounds,
    "shard_opening": _opening,
    "heartbeat": lambda message: f"no. {message.number}, {message.state} {message.text}".rstrip(),
    "plot_report": _plots,
    "tracklet": _tracklet,
    "local_track": _track,
    "launch_report": lambda message: _launch(message.items),
    "correction": _correction,
    "receipt": lambda message: f"holds {message.head.log} up to {message.head.size}",
    "notice": lambda message: f"{message.contents.occasion}: {message.contents.text} ({message.contents.source})",
    "post_launch_notice": lambda message: f"{message.outcome}: {message.text} ({message.source})",
    "query": lambda message: f"asks {message.to} about {message.subject}: {message.text}",
    "reply": _reply,
    "finding": _finding,
    "statement": _statement,
    "statement_signature": lambda message: f"signs the statement {message.payload_sha256.hex()[:16]}",
    "manifest": _manifest,
    "release": _release,
    "release_policy": _policy,
    "incident": lambda message: f"{message.about}: {message.text}",
}
