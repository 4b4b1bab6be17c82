"""`jointwatch centre status`: how a centre that serves stands, as tables for people or as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Column, Table

from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import Place, made
from jointwatch.cli import telling
from jointwatch.cli.terminal import print_line
from jointwatch.exchange.carrier import LineCut


def print_status(folder: Path, *, as_json: bool) -> None:
    """Print what the centre of a folder says of itself; exit code 1 where it does not answer."""
    try:
        with CentreLine(made(Place(folder)).clients / "admin", timeout_s=5.0) as line:
            found = line.health()
            found["notices"] = telling.concerns(line)
    except LineCut as cut:
        typer.echo(f"not serving: {cut.reason}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        _print(Console(), found)


def _print(console: Console, found: dict[str, Any]) -> None:
    print_line(console, f"{found['centre']}, run {found['run']}, mode {found['mode']}", style="bold")
    print_line(console, f"Identity {found['identity']}")
    if found["sensors"]:
        console.print(_sensors(found["sensors"]), "")
    console.print(_partners(found["partners"]), "", _logs(found))
    for sentence in (*_concerns(found), *(f"{concern}." for concern in found["notices"])):
        print_line(console, sentence, style="red")


def _sensors(sensors: dict[str, Any]) -> Table:
    reports, refused = Column("reports", justify="right"), Column("refused", justify="right")
    table = Table("sensor", "heard of", reports, refused, box=None, header_style="bold")
    for name, at in sensors.items():
        heard = at["last_posix_s"]
        ago = f"{max(0.0, time.time() - heard):.0f} s ago" if heard else "not since the start"
        table.add_row(name, ago, f"{at['reports']:,}", f"{at['refused']:,}")
    return table


def _partners(partners: dict[str, Any]) -> Table:
    table = Table("partner", "line", "heard of", Column("refused", justify="right"), box=None, header_style="bold")
    for name, at in partners.items():
        heard = at["last_verified_posix_s"]
        ago = f"{max(0.0, time.time() - heard):.0f} s ago" if heard else "never"
        table.add_row(name, "linked" if at["linked"] else "cut", ago, str(at["refused"]))
    return table


def _logs(found: dict[str, Any]) -> Table:
    entries, cosigned = Column("entries", justify="right"), Column("cosigned", justify="right")
    table = Table("log", entries, cosigned, box=None, header_style="bold")
    for name, at in sorted(found["logs"].items(), key=lambda log: (log[0].split("/")[0] != found["centre"], log[0])):
        internal = name.split("/")[0] == name.split("/")[1]
        table.add_row(name, f"{at['size']:,}", "internal" if internal else f"{at['cosigned']:,}")
    return table


def _concerns(found: dict[str, Any]) -> Iterator[str]:
    """Yield whatever is not as it should be, a sentence each."""
    if found["damage"]:
        yield f"The record is damaged: {found['damage']}"
    if found["waits_for"]:
        yield f"Not asked yet what it holds of our logs: {', '.join(found['waits_for'])}"
    for name, at in found["sensors"].items():
        yield from ([f"{name}, last refused: {at['last_refusal']}"] if at["last_refusal"] else [])
    for name, at in found["partners"].items():
        yield from ([] if at["linked"] else [f"{name}: {at['cut']}"])
        yield from ([f"{name}, last refused: {at['last_refusal']}"] if at["last_refusal"] else [])
        yield from ([f"{name}: its clock is off by at least {at['clock_off_s']:+.1f} s"] if at["clock_off_s"] else [])
        yield from (f"{log}: {count:,} entries from the future" for log, count in at["future"].items())
    for name, at in found["alerts"].items():
        yield from ([f"{name} is not reached by {at['waiting']} alerts: {at['trouble']}"] if at["trouble"] else [])
    nats = found.get("nats", {"linked": True})
    yield from ([] if nats["linked"] else [f"The consoles' NATS server cannot be reached: {nats['cut']}"])
    yield from (f"{log}: {count:,} entries are unverified" for log, count in found["unverified"].items())
