"""What a centre that serves says as it goes: lines for people, or JSON for what gathers logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from jointwatch.messages.sentence import plain

if TYPE_CHECKING:
    from jointwatch.centre.api.office import Journal

_WITHOUT_NAME = ("serving", "page", "ended")  # what names the centre by itself


def as_text(centre: str) -> Journal:
    """Return what prints a sentence for each event."""

    def line(event: str, text: str, **values: str | float) -> None:
        typer.echo(plain(text if event in _WITHOUT_NAME else f"{centre}: {text}"))

    return line


def as_json(centre: str) -> Journal:
    """Return what prints an object for each event: time (UTC), centre, event, text, and the event's own values."""

    def line(event: str, text: str, **values: str | float) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        typer.echo(json.dumps({"time": now, "centre": centre, "event": event, "text": plain(text), **values}))

    return line
