"""The accord: what centres sign together, a joint statement or the rules between them, one entry at a time.

One centre proposes; each of the others that must sign does so, or says which point it does not share; the proposer, who
alone can also withdraw, concludes. A proposal is its proposer's own signature. From the conclusion on the statement is
made, or the rules are in force: an entry that names, by their hashes, a signed entry of every party.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Id, Length, Line, Sentence, Word
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release_policy import ReleaseRule

ACCORD = "accord"
"""The class of the logs in which this stands: <centre>/common/accord."""
MAX_MEMBERS = 16
PARTS = ("members", "sensors", "releases", "thresholds")
"""What a dissent from rules may name; from a statement, the number of one of its points."""

Fingerprint = Annotated[str, Meta(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$(?!\n)", description="of an identity key")]
Seconds = Annotated[float, Meta(ge=0.0, le=1e9, description="seconds")]
Withdrawals: TypeAlias = Annotated[tuple[EntryReference, ...], Meta(max_length=16)]


class AgreedMember(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A centre that is party to the rules, and the identity under which it is known to the others."""

    centre: Word
    identity: Fingerprint


class AgreedSensor(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A sensor in the agreement, and the member that brings it in."""

    centre: Word
    sensor: Id


class AgreedRelease(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a member lets go at least: its own policy may give more, or sooner, and not less."""

    centre: Word
    rule: ReleaseRule


class Thresholds(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Figures that were agreed; null: not agreed.

    A launch is notified from this range or apogee on, so long before; a report follows within so long of the launch
    being seen, a reply of the query.
    """

    notify_range_m: Length | None = None
    notify_apogee_m: Length | None = None
    notify_before_s: Seconds | None = None
    report_within_s: Seconds | None = None
    reply_within_s: Seconds | None = None


class Rules(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The whole rules between the members, the `number`-th of their accord. Members stand in order of their names."""

    number: Annotated[int, Meta(ge=1, le=2**31)]
    members: Annotated[tuple[AgreedMember, ...], Meta(min_length=2, max_length=MAX_MEMBERS)]
    sensors: Annotated[tuple[AgreedSensor, ...], Meta(max_length=256)] = ()
    releases: Annotated[tuple[AgreedRelease, ...], Meta(max_length=256)] = ()
    thresholds: Thresholds = Thresholds()

    def __post_init__(self) -> None:
        names = self.names
        if list(names) != sorted(set(names)):
            raise ValueError("the members stand once each, in alphabetical order")
        named = [sensor.centre for sensor in self.sensors] + [release.centre for release in self.releases]
        for centre in named:
            if centre not in names:
                raise ValueError(f"{centre} is no member of these rules; they bind {', '.join(names)}")
        if len({(s.centre, s.sensor) for s in self.sensors}) != len(self.sensors):
            raise ValueError("a sensor stands twice in the rules")
        given = [(release.centre, release.rule.audience, release.rule.klass) for release in self.releases]
        if len(set(given)) != len(given):
            raise ValueError("two agreed releases are of one centre, audience and class")
        for release in self.releases:
            if release.rule.audience not in {"common", *names} - {release.centre}:
                raise ValueError(f"what {release.centre} releases goes to another member or to common")

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(member.centre for member in self.members)


class JointText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is stated together, in points numbered from 1; about: the entries that it rests on."""

    title: Line
    points: Annotated[tuple[Sentence, ...], Meta(min_length=1, max_length=32)]
    about: Annotated[tuple[EntryReference, ...], Meta(max_length=64)] = ()


class Proposal(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="proposal"):
    """The origin proposes a statement, or the next rules, and signs it herewith.

    under: the conclusion of the rules in force; null where these rules are the first. amends: the proposal in whose
    place this one is put. after: withdrawals of proposals that the origin had signed for the same purpose. reason: why.
    """

    under: EntryReference | None = None
    amends: EntryReference | None = None
    after: Withdrawals = ()
    statement: JointText | None = None
    rules: Rules | None = None
    reason: Sentence = ""

    def __post_init__(self) -> None:
        _check_place(self)
        if (self.statement is None) == (self.rules is None):
            raise ValueError("a proposal is of a statement or of rules, one of them")
        if (self.under is None) != (self.rules is not None and self.rules.number == 1):
            raise ValueError("the first rules are made under none; all else names the conclusion of those in force")


class Dissent(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is not shared, and why. point: a statement's point by its number; of rules members, sensors, releases or
    thresholds.
    """

    point: Line
    text: Sentence


class Assent(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="assent"):
    """The origin signs a proposal. A statement may be signed with dissents; rules with dissents are not signed.

    after: withdrawals of other proposals that the origin had signed for the same purpose.
    """

    proposal: EntryReference
    dissents: Annotated[tuple[Dissent, ...], Meta(max_length=32)] = ()
    after: Withdrawals = ()
    text: Sentence = ""

    def __post_init__(self) -> None:
        _check_place(self)
        points = [dissent.point for dissent in self.dissents]
        if len(set(points)) != len(points):
            raise ValueError("a point is dissented from once")


class Conclusion(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="conclusion"):
    """The origin's own proposal is concluded: all who must sign it have. assents: one of each of the others."""

    proposal: EntryReference
    assents: Annotated[tuple[EntryReference, ...], Meta(min_length=1, max_length=MAX_MEMBERS * 2)]

    def __post_init__(self) -> None:
        _check_place(self)


def _check_place(message: Header) -> None:
    if message.log != f"{message.origin}/common/{ACCORD}":
        raise ValueError(f"what is agreed stands in {message.origin}/common/{ACCORD}, for all, not in {message.log}")
