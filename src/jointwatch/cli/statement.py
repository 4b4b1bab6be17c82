"""The joint statement on the terminal: what both signed, on what they do not agree, and whose signatures it carries."""

from __future__ import annotations

from rich.markup import escape
from rich.panel import Panel

from jointwatch.exchange import dsse
from jointwatch.messages.encoding import decode
from jointwatch.messages.statement import Statement


def summary(data: bytes) -> str:
    """Return the statement's sentences as one text; empty where none was made."""
    return " ".join(_opened(data)[1].sentences) if data else ""


def statement_panel(data: bytes) -> Panel:
    """Return the statement's sentences in a frame; says so where none was made."""
    if not data:
        return Panel("No joint statement was made.", title="Joint statement")
    envelope, statement = _opened(data)
    signed = len(envelope.signatures)
    lines = [f"- {escape(sentence)}" for sentence in statement.sentences]
    by = escape(" and ".join(statement.centres))
    lines.append(f"[dim]{signed} signature{'s' if signed != 1 else ''}, of the desk keys in the rosters of {by}[/dim]")
    stand = "the findings agree" if statement.agree else "not on everything"
    stand = f"{escape(', '.join(statement.absent))} took no part" if statement.absent else stand
    return Panel("\n".join(lines), title=f"Joint statement of {escape(' and '.join(statement.centres))}: {stand}")


def _opened(data: bytes) -> tuple[dsse.Envelope, Statement]:
    envelope = dsse.parse_json(data)
    statement = decode(envelope.payload)
    if not isinstance(statement, Statement):
        raise ValueError(f"statement.json holds a {type(statement).__name__}, not a statement")
    return envelope, statement
