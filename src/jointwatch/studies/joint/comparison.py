"""Whether the figures of a joint statement agree with those that were computed here, each named that does not.

A statement is read strictly, as only `statement` writes it: whatever else stands there is refused in a sentence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jointwatch import __version__
from jointwatch.messages.accord import JointText
from jointwatch.studies.joint.file import TOGETHER, Study, StudyError
from jointwatch.studies.joint.measures import ALONE, Row
from jointwatch.studies.joint.stated import PACKAGE, SITE, unit_of
from jointwatch.studies.joint.statement import (
    DIGITS,
    MOST_LETTERS,
    NO_FIGURE,
    NO_FLIGHT,
    TOLERANCES,
    Values,
    Where,
    order,
    place_of,
    title,
    told,
)

_PLACE = r"[a-z0-9][a-z0-9-]{0,59}"
_FIGURE = r"(?:-?[0-9]{1,15}\.[0-9]{1,5}|inf|[.-])"
_POINT = re.compile(rf"({_PLACE}) to ({_PLACE}), ({_PLACE})(?:, ({_PLACE}))?: (.+)")
_OF = rf"(?:{ALONE}|{PACKAGE}|{SITE})[a-z0-9_]{{1,60}} [a-z0-9][a-z0-9.+-]{{0,699}}"
_ITEM = re.compile(rf"({_OF}|[a-z0-9_]{{1,60}})((?: {_FIGURE})+(?: /(?: {_FIGURE})+)*)")
_VERSION = r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}(?:(?:a|b|rc|\.post|\.dev)[0-9]{1,4}){0,2}"  # as PEP 440 has it, no words
_HEAD = re.compile(
    rf"Study ({_PLACE}), file SHA-256 ([0-9a-f]{{64}}), Jointwatch ({_VERSION}), "
    r"part ([1-9][0-9]{0,3}) of ([1-9][0-9]{0,3})\. "
    r"(Assumptions: [^.]{1,700}\. Seen by: [^.]{1,700}\. Agreed within: .{1,300}\.)"
)


@dataclass(frozen=True)
class Head:
    """What the first point of a statement says: which study, and in which order and within what its figures stand."""

    study: str
    file_sha256: str
    version: str
    part: int
    parts: int
    order: str


@dataclass(frozen=True)
class Differing:
    """A figure on which two do not agree, and at which point of the statement it stands; None: one has none.

    place: which it is of the figures of its measure there, the first being 1.
    """

    point: int
    place: int
    where: Where
    measure: str
    assumptions: str
    party: str
    stated: str | None
    computed: str | None

    @property
    def cell(self) -> str:
        """What the figure is of, in words."""
        view = (self.party and f"seen by {self.party}", self.assumptions)
        return f"{', '.join(filter(None, (place_of(self.where), *view)))}: {self.measure}"

    @property
    def sentence(self) -> str:
        """What is stated and what was computed, as a dissent says it."""
        return f"{self.cell}: {_said(self.stated)} stated, {_said(self.computed)} computed"


def _said(value: str | None) -> str:
    return "nothing" if value in (None, NO_FIGURE) else "no flight" if value == NO_FLIGHT else str(value)


def head(text: JointText) -> Head:
    """Return what the first point of a statement says; raises StudyError where it is no statement of a study."""
    said = _HEAD.fullmatch(text.points[0])
    if said is None:
        raise StudyError(
            f"{text.title!r} is no statement of a study's figures: its first point does not name study, file, version, "
            "order and tolerance"
        )
    name, digest, version, part, parts, order_told = said.groups()
    return Head(name, digest, version, int(part), int(parts), order_told)


def point(text: str) -> tuple[Where, dict[str, Values]]:
    """Return what a point says: of what, and the figures by measure; raises StudyError where it does not hold them."""
    said = _POINT.fullmatch(text)
    if said is None:
        raise StudyError(f"a point of figures begins 'REGION to REGION, CLASS, ARCHITECTURE: ', not {text[:80]!r}")
    origin, to, vehicle, architecture, items = said.groups()
    found: dict[str, Values] = {}
    for item in items.split("; "):
        read = _ITEM.fullmatch(item)
        if read is None or read[1] in found:
            raise StudyError(f"a measure is its name once and its figures; {item[:80]!r} is not, or stands there twice")
        found[read[1]] = tuple(tuple(part.split()) for part in read[2].split("/"))
    return (origin, to, vehicle, architecture or ""), found


def compare(study: Study, data: bytes, rows: Iterable[Row], text: JointText) -> list[Differing]:
    """Return every figure of a statement on which the rows of one's own do not agree; none: all of them do.

    Raises StudyError where the statement is not of this very study, or in another order or tolerance than ours.
    """
    of_this(study, data, text)
    ours = told(study, rows)
    sides, parties = list(study.assumptions), [*study.parties, TOGETHER]
    found: list[Differing] = []
    seen: set[tuple[Where, str]] = set()
    for number, words in enumerate(text.points[1:], 2):
        where, theirs = point(words)
        _once(seen, where, theirs)
        for measure, stated in theirs.items():
            computed = ours.get(where, {}).get(measure, ())
            found += _differing(number, where, measure, _flat(stated, sides, parties), _flat(computed, sides, parties))
    return found


def of_this(study: Study, data: bytes, text: JointText) -> None:
    """Raise StudyError where a statement is not of this very study; of its figures nothing is asked."""
    said = head(text)
    _check(study, data, said)
    _called(study, text, said)


def missing(study: Study, rows: Iterable[Row], stated: Sequence[JointText]) -> list[str]:
    """Return which figures of one's own no statement of all parts holds, each by its place and measure."""
    points = [point(words) for text in stated for words in text.points[1:]]
    held = {(where, name) for where, of in points for name in of}
    ours = [(where, name) for where, of in told(study, rows).items() for name in of]
    return [f"{place_of(where)}: {name}" for where, name in ours if (where, name) not in held]


def is_whole(stated: Sequence[JointText]) -> bool:
    """Return whether statements are, by what they say, all parts of a study's figures."""
    heads = [head(text) for text in stated]
    return {said.part for said in heads} >= set(range(1, max((said.parts for said in heads), default=0) + 1))


def _check(study: Study, data: bytes, said: Head) -> None:
    digest = hashlib.sha256(data).hexdigest()
    if said.file_sha256 != digest:
        raise StudyError(
            f"the statement is of a study {said.study!r} whose file has the SHA-256 {said.file_sha256}; this file, "
            f"{study.name!r}, has {digest}: give the file that was stated"
        )
    if said.order != order(study):
        raise StudyError(
            f"the statement of Jointwatch {said.version} has its figures in another order, or agrees within something "
            f"else, than this one of {__version__}: {said.order}"
        )


def _called(study: Study, text: JointText, said: Head) -> None:
    """Refuse a statement that is called otherwise than what it holds: its title is signed with it."""
    if text.about:
        raise StudyError(f"{text.title[:200]!r} is about entries of logs too; a study's figures are about none")
    if said.study != study.name or said.part > said.parts or text.title != title(study, said.part, said.parts):
        raise StudyError(
            f"a statement of this study is called {title(study, said.part, said.parts)!r}, and no part comes after the "
            f"last; this one is {text.title[:200]!r}, of study {said.study!r}: what it says besides was not computed"
        )


def _once(seen: set[tuple[Where, str]], where: Where, measures: Iterable[str]) -> None:
    """Note what a point holds; raises StudyError where another point of the statement held it."""
    for name in measures:
        if (where, name) in seen:
            raise StudyError(f"{place_of(where)}: {name} stands in two points of the statement; it is stated once")
        seen.add((where, name))


Flat: TypeAlias = dict[tuple[str, str], str]  # by assumptions and party


def _flat(values: Values, sides: Sequence[str], parties: Sequence[str]) -> Flat:
    """Figures by assumptions and party; those beyond either, which nobody asked for, by their place."""
    single, nobodys = len(values) == 1, all(len(of) == 1 for of in values)
    found: Flat = {}
    for i, of in enumerate(values):
        side = "" if single else sides[i] if i < len(sides) else f"set {i + 1}"
        for j, value in enumerate(of):
            party = "" if nobodys else parties[j] if j < len(parties) else f"party {j + 1}"
            found[side, party] = value
    return found


def _differing(number: int, where: Where, measure: str, stated: Flat, computed: Flat) -> Iterator[Differing]:
    unit = unit_of(measure.partition(" ")[0])
    for place, (side, party) in enumerate({**stated, **computed}, 1):
        pair = stated.get((side, party)), computed.get((side, party))
        if not agree(unit, *pair):
            yield Differing(number, place, where, measure, side, party, *pair)


def agree(unit: str, stated: str | None, computed: str | None) -> bool:
    """Return whether two figures agree within the tolerance of their unit; what is no number, only with itself.

    >>> agree("share", "0.99960", "0.99965"), agree("s", "120.0", "130.0"), agree("s", "-", "120.0")
    (True, False, False)
    """
    theirs, ours = _number(stated), _number(computed)
    if theirs is None or ours is None or unit not in TOLERANCES:
        return stated == computed
    if unit == "share" and not 0.0 <= theirs <= 1.0:
        return False
    most = TOLERANCES[unit] * (max(abs(theirs), abs(ours)) if unit == "km" else 1.0)
    return abs(theirs - ours) <= most + 0.6 * 10.0 ** -DIGITS[unit]


def _number(value: str | None) -> float | None:
    if value is None or value in (NO_FIGURE, NO_FLIGHT, "inf"):
        return None
    return float(value)


def dissents(found: Sequence[Differing]) -> dict[int, str]:
    """Return for each point that is not shared what is said of it: every figure by its name.

    With what is stated and what was computed where 2,000 letters, which a point may have, hold that; else by its place
    among the figures of its measure.
    """
    by: dict[int, list[Differing]] = {}
    for one in found:
        by.setdefault(one.point, []).append(one)
    return {number: _said_of(differing) for number, differing in by.items()}


def _said_of(differing: Sequence[Differing]) -> str:
    whole = "; ".join(one.sentence for one in differing)
    return whole if len(whole) <= MOST_LETTERS else _by_places(differing)


def _by_places(differing: Sequence[Differing]) -> str:
    by: dict[str, list[int]] = {}
    for one in differing:
        by.setdefault(one.measure, []).append(one.place)
    named = "; ".join(f"{measure} {' '.join(map(str, places))}" for measure, places in by.items())
    return f"{len(differing)} figures are not agreed, by measure and place: {named}"
