"""A centre's alerts on a terminal and as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from jointwatch.centre import configuration
from jointwatch.centre.alerts import desk, warning, webhook, wording
from jointwatch.centre.alerts.series import ALERTS
from jointwatch.centre.configuration import Configuration, Place
from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import Held, held
from jointwatch.cli.terminal import as_it_is, print_line
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.tiles import WIDTH, width
from jointwatch.formats import cap_xml
from jointwatch.messages.alert import Alert, Dispatch
from jointwatch.messages.encoding import Heard, MessageRefused, hear

Position = tuple[str, int]


@dataclass
class Told:
    """The alerts of a centre in the order of its log, by position; and of each, what became of it."""

    alerts: dict[Position, Alert] = field(default_factory=dict)
    dispatches: dict[Position, list[Dispatch]] = field(default_factory=dict)


def show(place: str, centre: str | None, out: Path | None) -> None:
    """Print what receivers are told, and write it where asked for."""
    console, known = Console(), _configuration(place)
    found = _told(held(place), centre)
    if not found.alerts and known is None:
        raise UserError(f"{place} holds no alerts{f' of {centre}' if centre else ''}: nothing was reported to a centre")
    for position, alert in found.alerts.items():
        _print(console, alert, _status(alert, known), found.dispatches.get(position, []))
    if known is not None:
        _print_receivers(console, known, Place(Path(place)))
    if out is not None:
        written = write(list(found.alerts.values()), out, known)
        print_line(console, f"{written} messages written to {out}.")


def write(alerts: list[Alert], out: Path, known: Configuration | None) -> int:
    """Return how many alerts were written into a new folder as CAP files, in the order in which they were said."""
    try:
        out.mkdir(parents=True)
    except FileExistsError:
        raise UserError(f"{out} is there already; choose another with --out") from None
    for number, alert in enumerate(alerts, 1):
        sender = desk.sender_of(known) if known else alert.origin
        name = f"{number:04d}-{alert.origin}-{alert.type}.xml"
        with (out / name).open("wb") as stream:
            cap_xml.write(warning.cap_of(alert, _status(alert, known), sender), stream)
    return len(alerts)


def _configuration(place: str) -> Configuration | None:
    path = Path(place)
    return configuration.read(path) if path.is_dir() and Place(path).configuration.is_file() else None


def _told(logs: Held, centre: str | None) -> Told:
    found = Told()
    for log in logs.logs:
        if log.klass == ALERTS and log.internal and centre in (None, log.owner):
            for index, entry in enumerate(entries(logs, log)):
                message = _message(entry, f"entry {index} of {log}")
                if isinstance(message, Alert):
                    found.alerts[str(log), index] = message
                elif isinstance(message, Dispatch):
                    place = message.alert.log, message.alert.index
                    found.dispatches.setdefault(place, []).append(message)
    return found


def _message(entry: bytes, where: str) -> Heard:
    try:
        return hear(dsse.parse(entry).payload)
    except MessageRefused as refusal:
        raise UserError(f"{where}: {refusal}") from None


def entries(logs: Held, log: LogId) -> Iterator[bytes]:
    """Yield the entries of a log, tile by tile; nothing of them is verified."""
    size = checkpoints.unverified(logs.source.checkpoint(log)).size
    for tile in range(-(-size // WIDTH)):
        yield from logs.source.bundle(log, tile, width(tile, size))


def _status(alert: Alert, known: Configuration | None) -> str:
    """Return what a message written here says of itself: never that it is meant in earnest, as nobody approves it."""
    status = known.alerts.status if known else "Exercise"
    return "Exercise" if alert.mode == "exercise" and status == "Actual" else "Draft" if status == "Actual" else status


def _print(console: Console, alert: Alert, status: str, dispatches: list[Dispatch]) -> None:
    when = f"{wording.date(alert.sent_tai_ns)}, {wording.clock(alert.sent_tai_ns)}"
    print_line(console, f"{when}  {alert.origin}  {wording.headline(alert, status)}", style="bold")
    for line in wording.description(alert, status).splitlines():
        console.print(as_it_is(line), markup=False, highlight=False)
    for one in dispatches:
        sent = f", {one.status}" if one.status else ""
        print_line(console, f"  {one.receiver}: {one.outcome}{sent} {one.answer}".rstrip(), style="dim")
    console.print()


def _print_receivers(console: Console, known: Configuration, place: Place) -> None:
    table = Table("receiver", Column("address", no_wrap=True), box=None, header_style="bold")
    for name, one in known.alerts.receivers.items():
        table.add_row(name, one.address + (" (inner)" if one.inner else ""))
    if not known.alerts.receivers:
        print_line(console, f"{known.centre} alerts nobody: {place.configuration} has no [alerts.receivers.NAME].")
        return
    console.print(table)
    print_line(console, f"As {known.alerts.status}, from {desk.sender_of(known)}.")
    if place.keys.is_dir():
        print_line(console, f"Signed with {webhook.public_text(desk.key_of(place).public)}")
    if known.alerts.status == "Actual":
        digest = desk.subject(known).hex()
        print_line(console, f"Sent as Draft unless two watch officers approved, within the hour before: {digest}")
