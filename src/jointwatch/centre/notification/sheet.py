"""A sheet: the TOML file in which one notification, or what goes on from one, is filled in.

    [extension]
    of = "PLN/RU/2026/014/000/01"
    until_utc = "2026-12-02T10:00:00Z"
    text = "Weather at the site"

Its one table is `notification`, `extension`, `outcome` or `cancellation`; the last three name what they go on from.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from jointwatch.centre.configuration import MAX_BYTES, ConfigurationError
from jointwatch.centre.notification.forms import CancellationForm, ExtensionForm, NotificationForm, OutcomeForm

Filled: TypeAlias = NotificationForm | ExtensionForm | OutcomeForm | CancellationForm
TABLES: dict[str, type[Filled]] = {
    "notification": NotificationForm,
    "extension": ExtensionForm,
    "outcome": OutcomeForm,
    "cancellation": CancellationForm,
}
_WHY = {"extra_forbidden": "is no field of it", "missing": "is missing"}


@dataclass(frozen=True)
class Sheet:
    """What a sheet says. of: the identifier of the notification it goes on from; empty where it is one."""

    of: str
    form: Filled


def read(path: Path) -> Sheet:
    """Return what a sheet says; raise ConfigurationError with the file, and a sentence for each field that is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise ConfigurationError(f"{path}: has {len(data)} bytes; at most {MAX_BYTES} are read")
    try:
        return parse(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"{path}: {error}") from None


def parse(text: str) -> Sheet:
    """Return what the text of a sheet says; ValueError with a sentence for each field that is wrong."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"not valid TOML: {error}") from None
    (name, table), *others = tables.items() or [("", None)]
    if others or name not in TABLES or not isinstance(table, dict):
        found = ", ".join(repr(key[:60]) for key in list(tables)[:5]) or "nothing"
        raise ValueError(f"wanted one table of {', '.join(TABLES)}; there is {found}")
    return Sheet(_of(name, table), _filled(name, table))


def _of(name: str, table: dict[str, Any]) -> str:
    if name == "notification":
        return ""
    of = table.get("of")
    if not isinstance(of, str):
        raise ValueError(f"{name}.of: wanted the identifier of the notification it goes on from")
    return of


def _filled(name: str, table: dict[str, Any]) -> Filled:
    fields = {key: value for key, value in table.items() if key != "of" or name == "notification"}
    try:
        return TABLES[name].model_validate(fields)
    except ValidationError as error:
        raise ValueError("; ".join(_sentence(name, one) for one in error.errors()[:20])) from None


def _sentence(name: str, error: Any) -> str:
    key = ".".join([name, *(str(part) for part in error["loc"])])
    why = _WHY.get(error["type"], str(error["msg"]).removeprefix("Value error, "))
    return f"{key}: {why[0].lower()}{why[1:]}"
