"""The words of an after-action report: what there was beside what was said of it, line by line in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jointwatch.centre.intake.pace import Pace
from jointwatch.cli.entry_text import in_words
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.messages.encoding import kind_of
from jointwatch.messages.not_understood import NotUnderstood
from jointwatch.messages.picture import RunView
from jointwatch.messages.sentence import plain
from jointwatch.studies.after_action import Entry, Launch, Told
from jointwatch.studies.drill import Handed
from jointwatch.studies.injects import Inject

UNSAID = {"plot_report", "tracklet", "local_track", "receipt", "heartbeat", "release", "shard_opening", "manifest"}
"""Kinds that people do not read one by one."""


def kind(entry: Entry) -> str:
    """Return what sort of message an entry holds."""
    return "not understood" if isinstance(entry.message, NotUnderstood) else kind_of(entry.message)


def at_tai_ns(inject: Inject, pace: Pace) -> int:
    """Return when an inject happened, by today's clock."""
    return pace.clock(pace.first_tai_ns + round(inject.at_s * NS_PER_S))


def head(view: RunView, pace: Pace, *, stopped: bool) -> Iterator[str]:
    """Yield what was played, and when."""
    yield f"# After-action report: {view.title}"
    yield ""
    begun = _utc(pace.first_tai_ns + pace.ahead_ns)
    early = "; stopped before its end" if stopped else ""
    fast = f", {pace.speed:g} times faster than real time" if pace.speed != 1.0 else ""
    yield f"**{view.banner}**. Run {view.run}, variant {view.variant}{fast}; its times begin at {begun}{early}."
    yield ""


def paragraphs(sentences: Sequence[str]) -> Iterator[str]:
    """Yield sentences, each a paragraph of its own."""
    for sentence in sentences:
        yield f"{sentence}."
        yield ""


def truth(launches: Sequence[Launch], told: Sequence[Told], *, heard: bool) -> Iterator[str]:
    """Yield what there was, and beside it what was said of it."""
    yield "## What there was, and what was said of it"
    yield ""
    for launch in launches:
        came = f"{launch.flight}**: {launch.kind}, from {_place(launch.place_deg)} at {_utc(launch.launch_tai_ns)}"
        if launch.impact_deg and launch.impact_tai_ns:
            came += f", down at {_place(launch.impact_deg)} at {_utc(launch.impact_tai_ns)}"
        yield f"**{came}."
        yield ""
        mine = [one for one in told if one.flight == launch.flight]
        if mine:
            yield from _table(mine)
        elif heard:
            yield "Nobody said anything of it."
        else:
            yield "Nothing was heard of the centres; --heard names where their logs can be read."
        yield ""
    others = [one for one in told if one.flight is None]
    if others:
        words = ", ".join(f"{one.track} by {one.centre}, {one.verdict or 'verdict withheld'}" for one in others)
        yield f"Said of no launch that there was: {words}."
        yield ""


def _table(told: Sequence[Told]) -> Iterator[str]:
    yield "| by | to | object | first after | last after | words | verdict | launch off | its time off | impact off |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for one in told:
        to = "itself" if one.audience == one.centre else one.audience
        verdict = {True: " (right)", False: " (wrong)"}.get(one.right, "") if one.right is not None else ""
        last = "withdrawn" if one.withdrawn else f"{one.verdict or 'withheld'}{verdict}"
        cells = [one.centre, to, one.track, _s(one.first_s), _s(one.last_s), str(one.words), last]
        cells += [_km(one.launch_off_km), _s(one.launch_time_off_s), _km(one.impact_off_km)]
        yield f"| {' | '.join(cells)} |"


def radars(handed: Sequence[Handed]) -> Iterator[str]:
    """Yield what each radar handed in, and how late it was kept."""
    yield "## What the radars handed in"
    yield ""
    yield "| radar | centre | scans | plots | kept | longest until kept | refused |"
    yield "|---|---|---|---|---|---|---|"
    for name in dict.fromkeys(one.radar for one in handed):
        mine = [one for one in handed if one.radar == name]
        kept = [one for one in mine if one.kept_tai_ns is not None]
        late_s = max(((one.kept_tai_ns or 0) - one.offered_tai_ns for one in kept), default=0) / NS_PER_S
        refused = "; ".join(dict.fromkeys(plain(one.why) for one in mine if one.why)) or "nothing"
        counts = [sum(one.scans for one in mine), sum(one.plots for one in mine), sum(one.scans for one in kept)]
        yield f"| {name} | {mine[0].centre} | {' | '.join(map(str, counts))} | {late_s:.2f} s | {refused} |"
    yield ""


def script(injects: Sequence[Inject], pace: Pace) -> Iterator[str]:
    """Yield what control let happen, and when."""
    if injects:
        yield "## What control let happen"
        yield ""
        for inject in sorted(injects, key=lambda inject: inject.at_s):
            yield f"- {_utc(at_tai_ns(inject, pace))} (+{inject.at_s:g} s): {inject.in_words()}"
        yield ""


def spoken(entries: Sequence[Entry], launches: Sequence[Launch], pace: Pace) -> Iterator[str]:
    """Yield what was said, in order of time, with the seconds since the first launch."""
    if entries:
        first = min(launch.launch_tai_ns for launch in launches)
        yield "## What was said, when, by whom"
        yield ""
        yield "| time (UTC) | after launch | by | log | kind | says |"
        yield "|---|---|---|---|---|---|"
        for entry in entries:
            at = entry.message.logged_tai_ns
            says = plain(in_words(entry.message)).replace("|", "/")
            cells = [
                _utc(at)[11:],
                _s((pace.moved(at) - first) / NS_PER_S),
                entry.message.origin,
                f"{entry.log} {entry.index}",
            ]
            yield f"| {' | '.join([*cells, kind(entry), says])} |"
        yield ""


def _utc(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns)


def _place(place_deg: tuple[float, float]) -> str:
    latitude, longitude = place_deg
    return f"{abs(latitude):.2f} {'N' if latitude >= 0 else 'S'} {abs(longitude):.2f} {'E' if longitude >= 0 else 'W'}"


def _s(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:+.0f} s"


def _km(distance: float | None) -> str:
    return "-" if distance is None else f"{distance:.1f} km"
