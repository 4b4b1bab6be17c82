"""The after-action report of an exercise whose centres run elsewhere: for people as Markdown, for programs as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from jointwatch.centre.intake.pace import Pace
from jointwatch.cli import after_action_text
from jointwatch.cli.entry_text import in_words
from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import held
from jointwatch.exchange import checkpoint, dsse, source
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import MessageRefused, hear
from jointwatch.messages.picture import RunView
from jointwatch.messages.sentence import plain
from jointwatch.studies import after_action
from jointwatch.studies.after_action import Entry
from jointwatch.studies.drill import Handed
from jointwatch.studies.injects import Inject
from jointwatch.studies.truth import Flown

STEP = 4_096


def write(
    folder: Path,
    view: RunView,
    flown: Sequence[Flown],
    script: Sequence[Inject],
    handed: Sequence[Handed],
    read: Read,
    *,
    pace: Pace,
    stopped: bool,
) -> list[str]:
    """Return the lines of after-action.md, once it and after-action.json are in a folder."""
    launches = after_action.launches(flown, pace.ahead_ns)
    told = after_action.told(read.entries, launches, pace)
    spoken = [entry for entry in read.entries if after_action_text.kind(entry) not in after_action_text.UNSAID]
    lines = [
        *after_action_text.head(view, pace, stopped=stopped),
        *after_action_text.paragraphs(read.unread),
        *after_action_text.truth(launches, told, heard=bool(read.entries)),
        *after_action_text.radars(handed),
        *after_action_text.script(script, pace),
        *after_action_text.spoken(spoken, launches, pace),
    ]
    (folder / "after-action.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    content = {
        "run": view.run,
        "scenario": view.scenario,
        "variant": view.variant,
        "stopped": stopped,
        "unread": read.unread,
        "launches": launches,
        "told": told,
        "handed": handed,
        "injects": [{"at_tai_ns": after_action_text.at_tai_ns(i, pace), "text": i.in_words()} for i in script],
        "entries": [_as_json(entry) for entry in spoken],
    }
    (folder / "after-action.json").write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return lines


@dataclass(frozen=True)
class Read:
    """What was read of the centres' logs, each entry once, in order of time; and what could not be, in sentences."""

    entries: tuple[Entry, ...]
    unread: tuple[str, ...] = ()


def entries_since(places: Iterable[str], since_tai_ns: int) -> Read:
    """Return what stands in the logs at these places since a time; no place that cannot be read costs the others."""
    seen: set[tuple[str, int]] = set()
    found: list[Entry] = []
    unread: list[str] = []
    for place in places:
        try:
            for entry in _entries(place):
                if entry.message.logged_tai_ns >= since_tai_ns and (entry.log, entry.index) not in seen:
                    seen.add((entry.log, entry.index))
                    found.append(entry)
        except (Refused, MessageRefused, UserError, OSError) as refusal:
            unread.append(f"{place} could not be read to its end: {plain(str(refusal))}")
    return Read(tuple(sorted(found, key=lambda entry: entry.message.logged_tai_ns)), tuple(unread))


def _entries(place: str) -> Iterator[Entry]:
    there = held(place)
    for log in there.logs:
        size = checkpoint.unverified(there.source.checkpoint(log)).size
        for start in range(0, size, STEP):
            batch = source.entries(there.source, log, start, min(size, start + STEP), size)
            for index, entry in enumerate(batch, start):
                yield Entry(str(log), index, hear(dsse.parse(entry).payload))


def _as_json(entry: Entry) -> dict[str, object]:
    message = entry.message
    about = {"log": entry.log, "index": entry.index, "logged_tai_ns": message.logged_tai_ns}
    return {**about, "kind": after_action_text.kind(entry), "text": in_words(message)}
