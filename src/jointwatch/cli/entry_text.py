"""What a message says, in one line for a person."""

from __future__ import annotations

from collections import Counter
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
    count = len(message.range_m)
    return f"{count} plot{'' if count == 1 else 's'} of {message.sensor or 'a masked sensor'}"


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
    held = Counter(key.purpose for key in message.keys)
    keys = (purpose if count == 1 else f"{purpose} ({count})" for purpose, count in held.items())
    return f"roster {message.number}: keys for {', '.join(keys)}"


def _opening(message: Any) -> str:
    return f"the shard of {message.shard} begins" + (", the one before it is closed" if message.closes else "")


def _release(message: Any) -> str:
    held_back = f", without {', '.join(message.withheld)}" if message.withheld else ""
    return f"entry {message.internal.index} went out as {message.outbound.log} {message.outbound.index}{held_back}"


def _track(message: Any) -> str:
    known = f", satellite {message.satellite}" if message.satellite else ""
    return f"{message.track} {message.status}, {message.plots} plots{known}"


def _notification(message: Any) -> str:
    what = message.designation or (message.generic_class if message.generic_class != "-" else message.vehicle)
    under = ", ".join(message.agreements) or "no agreement"
    count = f"{message.launches} {message.spacing} " if message.launches > 1 else ""
    window = _window(message.from_tai_ns, message.until_tai_ns)
    return (
        f"{message.state} tells of {count}{message.occasion}, {what}, {window}, under {under}; {message.text}".rstrip(
            "; "
        )
    )


def _extension(message: Any) -> str:
    of = f"entry {message.notification.index} of {message.notification.log}"
    window = _window(message.from_tai_ns, message.until_tai_ns)
    return f"the window of {of} is {window}; {message.text}".rstrip("; ")


def _window(from_tai_ns: int, until_tai_ns: int) -> str:
    from jointwatch.earth.timescale import utc_from_tai_ns

    begin, end = (utc_from_tai_ns(at)[:16].replace("T", " ") for at in (from_tai_ns, until_tai_ns))
    return f"{begin} to {end} UTC"


def _reply(message: Any) -> str:
    shown = f"; discloses {len(message.disclosed)}" if message.disclosed else ""
    return f"to entry {message.query.index} of {message.query.log}, {message.outcome}: {message.text}{shown}"


def _policy(message: Any) -> str:
    rules = "; ".join(rule.in_words() for rule in message.rules) or "nothing is released"
    return f"policy {message.number}: {rules}; {message.reason}"


def _root(message: Any) -> str:
    names = ", ".join(officer.name for officer in message.officers)
    return f"root {message.number}: {message.threshold} of {names} sign what the roster log says"


def _correlation(message: Any) -> str:
    return f"{message.object}: {message.nature or message.standing}; {message.text}"


def _outside(message: Any) -> str:
    from jointwatch.earth.timescale import utc_from_tai_ns

    seen = message.contents
    where = (
        ""
        if seen.latitude_rad is None
        else f" at {degrees(seen.latitude_rad):.1f}, {degrees(seen.longitude_rad):.1f} deg"
    )
    return f"seen at {utc_from_tai_ns(seen.seen_tai_ns, digits=0)}{where}: {seen.text or 'a light'} ({seen.source})"


def _feed(message: Any) -> str:
    return f"the feed of {message.sensor or 'a masked sensor'} of {message.of}: {message.text}"


def _bounds(message: Any) -> str:
    from jointwatch.exchange.keys import fingerprint

    ends = ", ".join(f"{place.log} {place.index}" for place in message.until or ())
    what = "was compromised" if message.compromised else "is bounded"
    return f"the key {fingerprint(message.public_key)} {what}, until {ends or 'open'}: {message.reason}"


def _act(message: Any) -> str:
    said = f"; said {', '.join(message.said)}" if message.said else ""
    on = "".join(f"; on entry {entry.index} of {entry.log}" for entry in message.on)
    subject = f"; of {message.subject.hex()[:16]}" if message.subject else ""
    text = f": {message.text}" if message.text else ""
    return f"{message.person}, {message.role}: {message.act}{said}{on}{subject}{text}"


def _entry(reference: Any) -> str:
    return f"entry {reference.index} of {reference.log}"


def _proposal(message: Any) -> str:
    amends = f" in place of {_entry(message.amends)}" if message.amends else ""
    if message.statement:
        points = " ".join(f"({number}) {point}" for number, point in enumerate(message.statement.points, 1))
        return f"proposes a statement{amends}, {message.statement.title}: {points}"
    rules = message.rules
    reason = f": {message.reason}" if message.reason else ""
    return f"proposes rules {rules.number}{amends} between {', '.join(rules.names)}{reason}"


def _assent(message: Any) -> str:
    points = "; ".join(f"dissents from {dissent.point}: {dissent.text}" for dissent in message.dissents)
    return f"{_entry(message.proposal)}: " + "; ".join(part for part in (points or "signs", message.text) if part)


def _signers(message: Any) -> str:
    return ", ".join(sorted(reference.log.split("/")[0] for reference in message.assents)) + f" and {message.origin}"


def _alert(message: Any) -> str:
    why = f" ({message.reason})" if message.reason else ""
    return f"{message.type}{why}, reported by {message.reported_by}: {_launch(message.items)}"


def _dispatch(message: Any) -> str:
    sent = f", {message.status}, tried {message.tries} times" if message.tries else ""
    return f"entry {message.alert.index} to {message.receiver}: {message.outcome}{sent} {message.answer}".rstrip()


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
    "correlation": _correlation,
    "feed_verdict": _feed,
    "outside_report": _outside,
    "receipt": lambda message: f"holds {message.head.log} up to {message.head.size}",
    "notice": lambda message: f"{message.contents.occasion}: {message.contents.text} ({message.contents.source})",
    "notification": _notification,
    "window_extension": _extension,
    "post_launch_notice": lambda message: f"{message.outcome}: {message.text} ({message.source})",
    "query": lambda message: f"asks {message.to} about {message.subject}: {message.text}",
    "reply": _reply,
    "finding": _finding,
    "statement": _statement,
    "statement_signature": lambda message: f"signs the statement {message.payload_sha256.hex()[:16]}",
    "manifest": _manifest,
    "release": _release,
    "release_policy": _policy,
    "alert": _alert,
    "dispatch": _dispatch,
    "incident": lambda message: f"{message.about}: {message.text}",
    "act": _act,
    "proposal": _proposal,
    "assent": _assent,
    "conclusion": lambda message: f"concluded: {_entry(message.proposal)}, signed by all of {_signers(message)}",
}
