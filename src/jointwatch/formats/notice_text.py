"""Official warnings to mariners, as text: what is warned of, when, where, and which warnings end with it.

A heading of regions and subjects, then numbered paragraphs, some with lettered ones beneath that take from above what
they do not say themselves. What is not understood is listed as it stands, never guessed.

Form of the texts: Joint IMO/IHO/WMO Manual on Maritime Safety Information (IMO MSC.1/Circ.1310/Rev.1), and habit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from jointwatch.formats.notice_areas import Area, NotAnArea, areas, opens
from jointwatch.formats.notice_cancels import SENTENCE, Cancels, cancels, joined
from jointwatch.formats.notice_times import EXCEPT, NotATime, Times, times
from jointwatch.formats.notice_tokens import Reader, Token, tokens
from jointwatch.formats.notice_windows import Known, Window, windows

LONGEST = 64_000
_HEAD = re.compile(
    r"^[ \t]*(\d{1,2})(?:\.[ \t]+(?=\S)|[ \t]+(?=HAZARD|CANCEL|ROCKET|MISSILE|GUNNERY|SPACE))", re.MULTILINE
)
_LETTER = re.compile(
    r"(?:^[ \t]*|(?<=[\s:]))([A-Z]{1,2})\.[ \t]+"
    r"(?=\d|IN\b|WITHIN\b|BOUND|BETWEEN\b|AREA|ALONG\b|DAILY\b|COMMENCING\b|EXCLUDING\b)",
    re.MULTILINE,
)
_SUBJECTS = {
    "rocket launching": ("ROCKET", "ROCKETS", "SPACE LAUNCH", "LAUNCH VEHICLE"),
    "missile operations": ("MISSILE", "MISSILES"),
    "falling debris": ("DEBRIS", "RE-ENTRY", "REENTRY", "RE-ENRTY", "SPLASHDOWN", "FALLING OBJECTS"),
    "gunnery": ("GUNNERY", "FIRING", "FIRINGS", "ORDNANCE", "BOMBING", "TORPEDO", "TORPEDOES"),
}
"""What is warned of, and the words that say so."""
_LEAD = (
    *("HAZARDOUS OPERATIONS", "HAZARDOUS OPERATION", "OPERATIONS", "OPERATION", "EXERCISES", "EXERCISE", "EXERCISE:"),
    *("ROCKETS", "ROCKET", "LAUNCHINGS", "LAUNCHING", "LAUNCHES", "LAUNCH", "MISSILES", "MISSILE", "GUNNERY"),
    *("FIRINGS", "FIRING", "SPACE DEBRIS", "DEBRIS", "SATELLITE RE-ENTRY", "SATELLITE", "RE-ENTRY", "REENTRY"),
    *("ORDNANCE", "SPACE", "VEHICLE", "FALLING", "AND", ",", "OF", "POSSIBLE", "TEST", "BOMBING"),
)
"""Words that may stand before a time or an area and say only what is going on."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What one paragraph warns of: subjects, and windows that all hold for all of the areas."""

    paragraph: str
    subjects: tuple[str, ...]
    windows: tuple[Window, ...]
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A warning, read: heading, operations, what it cancels, what of it was not understood, and plain remarks."""

    heading: tuple[str, ...]
    operations: tuple[Operation, ...]
    cancels: Cancels
    not_understood: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """What is warned of, in heading and paragraphs."""
        named = [subject for operation in self.operations for subject in operation.subjects]
        return _both(_subjects(" ".join(self.heading)), tuple(named))


@dataclass
class _Found:
    operations: list[Operation] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(text: str, issued: datetime, series: str = "") -> NoticeText:
    """Return what a warning of a series says that was issued at a time (UTC); raises ValueError past 64,000 characters.

    >>> from datetime import UTC
    >>> text = "1. ROCKET LAUNCHING 0800Z TO 1100Z 06 MAY WITHIN 5 MILES OF 74-00N 073-55E."
    >>> (operation,) = read(text, datetime(2014, 5, 2, tzinfo=UTC)).operations
    >>> operation.subjects, operation.windows[0].end.hour, operation.areas[0].radius_m
    (('rocket launching',), 11, 9260.0)
    """
    if len(text) > LONGEST:
        raise ValueError(f"a warning may have {LONGEST:,} characters; this one has {len(text):,}")
    if issued.tzinfo is None:
        raise ValueError(f"wanted the time of issue with its offset from UTC, got {issued}")
    heading, paragraphs = _parted(text.upper())
    found = _Found()
    ended = [said for body in paragraphs for said in _ended(body, series, issued, found)]
    cancelled = joined(ended)
    known = Known(issued, cancelled.itself)
    for number, body in enumerate(paragraphs, 1):
        _paragraph(str(number), SENTENCE.sub(" ", body), known, _subjects(" ".join(heading)), found)
    return NoticeText(heading, tuple(found.operations), cancelled, tuple(found.not_understood), tuple(found.remarks))


def _parted(text: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the heading's sentences, and the paragraphs; without numbers, what follows the heading is one."""
    starts = list(_HEAD.finditer(text))
    if starts:
        ends = [start.start() for start in starts[1:]] + [len(text)]
        bodies = [text[start.end() : end].strip() for start, end in zip(starts, ends, strict=True)]
        return _sentences(text[: starts[0].start()]), bodies
    sentences = _sentences(text)
    said = next((k for k, each in enumerate(sentences) if not _is_heading(each)), len(sentences))
    return sentences[:said], [". ".join(sentences[said:]) + "."] if said < len(sentences) else []


def _sentences(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in re.split(r"\.(?=\s|$)", text))
    return tuple(part for part in parts if part)


def _is_heading(sentence: str) -> bool:
    """Whether a sentence only names a region or a subject: no figure but a chart's, no verb, nothing cancelled."""
    return not re.search(r"\d{3}|\bCANCEL|OPERATION|LAUNCHING|EXERCISE", sentence) and len(sentence) < 60


def _ended(body: str, series: str, issued: datetime, found: _Found) -> Iterator[Cancels]:
    for sentence in SENTENCE.finditer(body):
        said = cancels(sentence["body"], series, issued)
        if said is None:
            found.not_understood.append(" ".join(sentence.group().split()))
        else:
            yield said


def _subjects(text: str) -> tuple[str, ...]:
    words = set(re.findall(r"[A-Z]+(?:-[A-Z]+)*", text))
    return tuple(subject for subject, names in _SUBJECTS.items() if any(set(name.split()) <= words for name in names))


# -- paragraphs ------------------------------------------------------------------------------------------------------


@dataclass
class _Said:
    """What one piece of a paragraph says by itself."""

    subjects: tuple[str, ...] = ()
    times: tuple[Times, ...] = ()
    areas: tuple[Area, ...] = ()


def _paragraph(name: str, body: str, known: Known, about: tuple[str, ...], found: _Found) -> None:
    """Read a paragraph and the lettered ones beneath it, each with what it takes from above."""
    letters = list(_LETTER.finditer(body))
    ends = [letter.start() for letter in letters] + [len(body)]
    lead = _piece(body[: ends[0]], found)
    before = "WITHIN " if re.search(r"\bWITHIN\s*:?\s*$", body[: ends[0]]) else ""
    beneath = [
        (letter[1], _piece(before + body[letter.end() : end], found))
        for letter, end in zip(letters, ends[1:], strict=True)
    ]
    lead.subjects = _both(about, lead.subjects)
    if lead.areas or not beneath:
        _add(found, name, lead, lead, known)
    for letter, said in beneath:
        _add(found, name + letter, said, lead, known)


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))


def _add(found: _Found, name: str, said: _Said, lead: _Said, known: Known) -> None:
    if not (said.areas or said.times):
        return
    try:
        when = windows(said.times or lead.times, lead.times, known)
    except NotATime as why:
        found.not_understood.append(f"the times of {name}: {why}")
        when = ()
    found.operations.append(Operation(name, _both(lead.subjects, said.subjects), when, said.areas))


def _piece(text: str, found: _Found) -> _Said:
    """Read words in whatever order they come: subjects, times, areas; the rest is a remark, or not understood."""
    row = tokens(text)
    reader, said, skipped, whole = Reader(row), _Said(subjects=_subjects(text)), list[Token](), True
    while reader.peek().kind != "end":
        at = reader.at
        try:
            if reader.word(*_LEAD):
                continue
            if reader.word(*EXCEPT):
                if not areas(reader):
                    skipped.append(row[at])
                    continue
                found.not_understood.append(f"{_quoted(text, row[at : reader.at])}: an area taken out of another")
            elif when := times(reader):
                said.times += when
            elif where := areas(reader):
                said.areas += where
            elif not opens(reader):
                skipped.append(row[reader.at])
                reader.at += 1
        except (NotATime, NotAnArea) as why:
            reader.at = max(reader.at, at + 1)
            found.not_understood.append(f"{_quoted(text, row[at : reader.at])}: {why}")
            whole = whole and isinstance(why, NotATime)
    if not (whole and all(token.kind not in ("lat", "lon") for token in skipped)):
        said.areas = ()  # of an area that was read in part nobody knows where the rest lies
    _left(text, skipped, found)
    return said


def _left(text: str, skipped: list[Token], found: _Found) -> None:
    """List what was skipped: with a figure in it as not understood, plain words as a remark."""
    for run in _runs(skipped):
        words = " ".join(text[run[0].start : run[-1].end].split()).strip(" .,:;")
        if not words:
            continue
        figures = any(token.kind in ("lat", "lon", "dtg", "clock", "number") for token in run)
        if figures and not any(words in each for each in found.not_understood):
            found.not_understood.append(words)
        elif not figures:
            found.remarks.append(words)


def _runs(skipped: list[Token]) -> Iterator[list[Token]]:
    """Yield words that stand side by side."""
    run: list[Token] = []
    for token in skipped:
        if run and token.start - run[-1].end > 2:
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _quoted(text: str, row: tuple[Token, ...]) -> str:
    return " ".join(text[row[0].start : row[-1].end].split()) if row else ""
