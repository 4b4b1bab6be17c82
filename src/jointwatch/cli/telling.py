"""What `jointwatch centre notify`, `notices` and `warn` do, and print: drafts with their faults, and how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from jointwatch.assessment.notification.owed import Owed
from jointwatch.assessment.notification.standing import Told
from jointwatch.centre import saying
from jointwatch.centre.client import CentreLine
from jointwatch.centre.notification import board, giving, mariners, sheet
from jointwatch.centre.notification.forms import NotificationForm
from jointwatch.centre.notification.giving import Given, Known
from jointwatch.centre.notification.sheet import Sheet
from jointwatch.centre.saying import Saying
from jointwatch.cli import serving, warnings
from jointwatch.cli.centre_line import drafting, line_of
from jointwatch.cli.entry_text import in_words
from jointwatch.cli.terminal import print_line
from jointwatch.earth.timescale import now_tai_ns, utc_from_tai_ns
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.formats.notice_series import lives
from jointwatch.messages.act import MAX_POINTED_AT
from jointwatch.messages.encoding import Message

CONFLICT = 409


def notify(folder: Path, path: Path, by: str, *, anyway: bool, dry_run: bool) -> None:
    """Hand in what a sheet says; exit code 1, and nothing handed in, where something is wrong with it."""
    filled, console = sheet.read(path), Console(highlight=False)
    with line_of(folder, by) as line:
        words = saying.by(line)
        draft = _drafted(words, filled, _known(line))
        print_line(console, f"{draft.message.id}: {in_words(draft.message)}")
        for owed in draft.owed:
            print_line(console, _due(owed))
        for fault in draft.faults:
            print_line(console, f"Fault: {fault}.", style="red")
        if draft.faults and not anyway:
            print_line(console, "Nothing was handed in. Mend it, or give it as it is with --anyway.")
            raise typer.Exit(1)
        if dry_run:
            print_line(console, "Nothing was handed in: a dry run.")
            return
        receipts = saying.hand_in(line, [draft.message], act="notify", saying=words, text=draft.message.id)
    log, index = receipts.places[0]
    print_line(console, f"Handed in: entry {index} of {log}.")


def notices(folder: Path, by: str) -> None:
    """Print how what was told of launches stands; exit code 1 where something is overdue or wrong."""
    with line_of(folder, by) as line:
        known = _known(line)
    console = Console(highlight=False)
    told = sorted(known.told, key=lambda one: one.window_tai_ns)
    if not told:
        print_line(console, "Nothing was told of launches.")
    else:
        console.print(_table(told, now_tai_ns()))
    found = _wrong(known)
    for concern in found:
        print_line(console, f"{concern}.", style="red")
    if found:
        raise typer.Exit(1)


def concerns(line: CentreLine) -> list[str]:
    """Return what is late, lacking or overdue of what was told of launches, a sentence each without its full stop."""
    return _wrong(_known(line))


def _wrong(known: Known) -> list[str]:
    now = now_tai_ns()
    return [concern for one in known.told for concern in giving.concerns(one, known, now)]


def warn(folder: Path, files: Sequence[Path], by: str, *, dry_run: bool) -> None:
    """Take official warnings in as notices: those in force and about launchings, each once."""
    console, now = Console(highlight=False), datetime.now(UTC)
    given = lives(warnings.read(files))
    with line_of(folder, by) as line:
        words = saying.by(line)
        found = [(life, mariners.taken(words, life, now)) for life in given]
        for text in (text for _, taken in found for text in taken.left_out):
            print_line(console, f"Left out: {text}.", style="red")
        whole = [(life, taken.notices) for life, taken in found if taken.notices]
        fresh = 0
        for life, messages in whole:
            kept = dry_run or newly_kept(line, messages, words, act="warn")
            fresh += kept
            stands = "" if kept else ", which the centre has already"
            print_line(console, f"{life.warned.id}: {len(messages)} windows{stands}")
    count = f"{len(given):,} warnings, {len(whole):,} in force and about launchings"
    print_line(console, f"{count}; {'a dry run' if dry_run else f'{fresh:,} handed in'}.")


def newly_kept(line: CentreLine, messages: Sequence[Message], words: Saying, *, act: str) -> bool:
    """Return whether any of these messages, whose ids say what they are of, was new to the centre."""
    new = False
    for k in range(0, len(messages), MAX_POINTED_AT):
        part = messages[k : k + MAX_POINTED_AT]
        at_once = replace(words, token=f"{words.token}-{part[0].id}")
        try:
            saying.hand_in(line, part, act=act, saying=at_once, text=part[0].id)
            new = True
        except TurnedDown as no:
            if no.status != CONFLICT:
                raise
    return new


def taken_in(
    line: CentreLine, messages: Sequence[Message], words: Saying, *, act: str, at_once: int = MAX_POINTED_AT
) -> int:
    """Return how many of these messages, whose ids say what they are of, were new to the centre.

    One act is for as many as it can name. Where some of them are known, the rest goes in by smaller lots.
    """
    return sum(_lot(line, messages[k : k + at_once], words, act) for k in range(0, len(messages), at_once))


def _lot(line: CentreLine, lot: Sequence[Message], words: Saying, act: str) -> int:
    of_it = replace(words, token=f"{words.token}-{lot[0].id}")
    text = lot[0].id if len(lot) == 1 else f"{lot[0].id} to {lot[-1].id}, {len(lot)} in all"
    try:
        saying.hand_in(line, lot, act=act, saying=of_it, text=text)
    except TurnedDown as no:
        if no.status != CONFLICT:
            raise
        return 0 if len(lot) == 1 else taken_in(line, lot, words, act=act, at_once=max(1, len(lot) // 8))
    return len(lot)


def _known(line: CentreLine) -> Known:
    shown = line.notices()
    told = tuple(board.folded(shown.posted).values())
    return Known(line.about.centre, shown.states, told, serving.agreements())


def _drafted(words: Saying, filled: Sheet, known: Known) -> Given:
    with drafting():
        if isinstance(filled.form, NotificationForm):
            return giving.given(words, filled.form, known)
        return giving.going_on(words, known.find(filled.of), filled.form)


def _due(owed: Owed) -> str:
    """Return what an agreement asks of a launch, in a line."""
    after = owed.report_by_tai_ns
    then = f"; what became of it by {_minute(after)} UTC" if after else ""
    by = f"by {_minute(owed.latest_tai_ns)} UTC"
    return f"{owed.rule.title}: {owed.force} toward {', '.join(owed.to)}, as {owed.because}; {by}{then}"


def _table(told: Sequence[Told], now_tai_ns: int) -> Table:
    table = Table(box=None, header_style="bold")
    table.add_column("notification", no_wrap=True)
    for name in ("by", "of", "from (UTC)", "until", "stands"):
        table.add_column(name)
    for one in told:
        said, (begin, end) = one.notification, one.window_tai_ns
        what = said.designation or (said.generic_class if said.generic_class != "-" else said.vehicle)
        stands = one.state(now_tai_ns) + (", window moved" if len(one.windows) > 1 else "")
        table.add_row(said.id, said.origin, f"{said.occasion}, {what}", _minute(begin), _minute(end), stands)
    return table


def _minute(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns)[:16].replace("T", " ")
