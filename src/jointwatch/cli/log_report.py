"""What a verification found, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import rich.progress
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from jointwatch.cli.terminal import print_line
from jointwatch.exchange.verify.logs import Progress
from jointwatch.exchange.verify.report import LogSeen, VerifyReport


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield what a verification calls with how far it is: a bar on standard error, only where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with rich.progress.Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def progress(what: str, done: int, total: int) -> None:
            bar.update(task, description=escape(what), completed=done, total=total or None)

        yield progress


def print_report(console: Console, report: VerifyReport) -> None:
    """Logs, identities, what was covered; then each fault on a line of its own, unwrapped; the verdict last."""
    table = Table("log", Column("entries", justify="right"), "cosigned by", box=None, header_style="bold")
    for seen in report.logs:
        table.add_row(str(seen.log), f"{seen.entries:,}", _cosigners(seen))
    lines = [f"Run {report.run}, mode {report.mode}" if report.run else "No roster could be read"]
    lines += [f"Identity of {centre}: {key}" for centre, key in report.identities.items()]
    if report.statement_by is not None:
        lines += [f"Statement signed by {', '.join(report.statement_by) or 'nobody'}"]
    lines += [f"Absent: {', '.join(report.absent)} (no cosignature wanted)"] if report.absent else []
    lines += [_unusable(seen) for seen in report.logs if seen.unverified]
    lines += [*report.remarks, f"Checked: {report.covers}"]
    console.print(table)
    for line in ["", *lines, ""]:
        print_line(console, line)
    for fault in report.faults:
        print_line(console, f"{fault.file}: {fault.why}", style="red")
    print_line(console, report.verdict[0].upper() + report.verdict[1:] + ".", style="bold" if report.ok else "bold red")


def _unusable(seen: LogSeen) -> str:
    """Return one line on what stands in a log and must not be used: how much, from where on, and why at first."""
    first, why = seen.unverified[0]
    return f"Unverified: {len(seen.unverified):,} of {seen.log}, from entry {first} on: {why}"


def _cosigners(seen: LogSeen) -> str:
    """Return who cosigned a log, and how far where it was not to the end."""
    whole = seen.cosigned_by
    named = [centre if centre in whole else f"{centre} to {size:,}" for centre, size in sorted(seen.cosigned.items())]
    return ", ".join(named) or ("internal" if seen.log.internal else "nobody")
