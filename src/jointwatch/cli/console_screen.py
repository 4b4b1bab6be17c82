"""`jointwatch centre console`: what a console hears, a line for each entry, nothing that was not verified."""

from __future__ import annotations

import threading
from pathlib import Path

from rich.console import Console

from jointwatch.centre import console
from jointwatch.cli.entry_text import in_words
from jointwatch.cli.serving import signals
from jointwatch.cli.terminal import print_line
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange.follow import Round
from jointwatch.exchange.mirror import Accepted
from jointwatch.messages.encoding import kind_of


def watch(folder: Path) -> None:
    """Print every entry that a console accepts, until SIGTERM or SIGINT."""
    screen, cut = Console(), threading.Event()

    def tell(found: Round) -> None:
        if bool(found.cut) != cut.is_set():  # told once, and so is its return
            print_line(screen, f"cut off: {found.cut}" if found.cut else "linked", style="bold")
            (cut.set if found.cut else cut.clear)()
        for accepted in found.accepted:
            print_entries(screen, accepted)
        for refusal in found.refusals:
            print_line(screen, f"refused: {refusal}", style="red")

    with signals() as told, console.opened(folder, tell):
        told.wait()


def print_entries(screen: Console, accepted: Accepted) -> None:
    """Print what a frame brought: time, log and position, kind, and what it says; or why it must not be used."""
    for position, message in zip(accepted.positions, accepted.messages, strict=True):
        place = f"{accepted.log} {position}"
        if message is None:
            print_line(screen, f"unverified: {place}: {accepted.unverified[position]}", style="red")
        else:
            time = utc_from_tai_ns(message.logged_tai_ns, digits=3)
            print_line(screen, f"{time} {place} {kind_of(message)}: {in_words(message)}")
