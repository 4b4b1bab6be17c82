"""Reading the catalogue's TOML files: each once, when first asked for; every complaint names the file and the key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from jointwatch.catalogue.fact import Source, facts_in

M = TypeVar("M", bound=BaseModel)


class CatalogueError(ValueError):
    """A file of the catalogue is not as its schema wants it: one sentence with file and key."""


class UnknownNameError(LookupError):
    """A name that the catalogue does not hold: one sentence with the nearest names."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Return the error for a name that is not there.

    >>> print(unknown("radar", "gabalah", ["armavir", "gabala"]))
    the catalogue has no radar 'gabalah'; did you mean 'gabala'?
    """
    return UnknownNameError(f"the catalogue has no {kind} {name!r}; {nearest(name, known)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """Half a sentence: the near matches of a name, or, where nothing is near, all there are."""
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(repr(word) for word in near)}?"
    return f"there are {', '.join(names)}"


def entries_in(text: str, schema: type[M], *, where: str) -> Mapping[str, M]:
    """Entries of one TOML text by name, validated; `where` names the file in complaints."""
    tree = tree_in(text, where=where)
    return MappingProxyType({name: _entry(schema, table, f"{where}: {name}") for name, table in tree.items()})


def tree_in(text: str, *, where: str) -> dict[str, Any]:
    """The tables of one TOML text, not yet validated."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CatalogueError(f"{where}: {_broken(text, error)}") from None


def whole(schema: type[M], tree: Mapping[str, Any], *, where: str) -> M:
    """A file that is one entry, validated; complaints as for entries."""
    try:
        return schema.model_validate(tree)
    except ValidationError as error:
        raise CatalogueError(f"{where}: {_complaint(schema, error).lstrip('.: ')}") from None


def _broken(text: str, error: Exception) -> str:
    """What is wrong with a text that is no TOML, with the key of the line: a key given twice is the usual case."""
    at = re.search(r"at line (\d+)", str(error))
    lines = text.splitlines()[: int(at[1])] if at else []
    key = lines[-1].partition("=")[0].strip() if lines else ""
    table = next((line.strip("[] ") for line in reversed(lines) if line.startswith("[")), "")
    if "overwrite" in str(error):
        return f"{table}.{key}: this key is given twice (line {len(lines)}); keep one"
    return f"not valid TOML{f', in {table}.{key}' if table and key else ''}: {error}"


def _entry(schema: type[M], table: Any, where: str) -> M:
    try:
        return schema.model_validate(table)
    except ValidationError as error:
        raise CatalogueError(f"{where}{_complaint(schema, error)}") from None


def _complaint(schema: type[BaseModel], error: ValidationError) -> str:
    """The first thing wrong, after its key, a misspelt key before all else, and how many follow."""
    first, *rest = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
    key = "".join(f".{part}" for part in first["loc"] if not _branch(part))
    rest = [other for other in rest if other["loc"][:-1] != first["loc"][:-1] or not _branch(other["loc"][-1])]
    more = f" (and {len(rest)} more)" if rest else ""
    if first["type"] == "extra_forbidden":
        return f"{key}: this key is not known{_beside(schema, first['loc'])}{more}"
    if first["type"] == "missing":
        return f"{key}: this key is missing{more}"
    if first["type"] in ("too_short", "too_long"):
        return f"{key}: {_how_many(first['ctx'])}{more}"
    given = f" (given: {_short(first['input'])})" if isinstance(first["input"], str | int | float | bool) else ""
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message[0].lower()}{message[1:]}{given}{more}"


def _short(value: object, most: int = 100) -> str:
    told = repr(value)
    return told if len(told) <= most else f"{told[:most]}… ({len(told)} letters)"


def _how_many(asked: Mapping[str, Any]) -> str:
    """What is said where a list or table has too few entries or too many."""
    least, most = asked.get("min_length"), asked.get("max_length")
    wanted = f"at least {least}" if least is not None else f"at most {most}"
    return f"wanted {wanted}; there {'is' if asked['actual_length'] == 1 else 'are'} {asked['actual_length'] or 'none'}"


def _branch(part: str | int) -> bool:
    """Whether a part of an error's place is no key but one of the types that a value may have."""
    return isinstance(part, str) and (part.startswith(("literal[", "function-")) or part == "constrained-float")


def _beside(schema: type[BaseModel], place: tuple[str | int, ...]) -> str:
    """Half a sentence with the known keys near to one that is not known, at the top of an entry or within it."""
    word = str(place[-1])
    if len(place) == 1:
        return f"; {nearest(word, schema.model_fields)}"
    parts = schema.model_json_schema().get("$defs", {}).values()
    within = sorted({key for part in parts for key in part.get("properties", {})})
    near = difflib.get_close_matches(word, within, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def checked_sources(entries: Mapping[str, BaseModel], sources: Mapping[str, Source], *, where: str) -> None:
    """Refuse claims whose source is not in the list of sources."""
    for name, entry in entries.items():
        for parameter, fact in facts_in(entry):
            for claim_name, claim in fact.claims.items():
                if claim.source not in sources:
                    key = f"{name}.{parameter}.claims.{claim_name}.source"
                    raise CatalogueError(
                        f"{where}: {key}: {claim.source!r} is not in sources.toml; {nearest(claim.source, sources)}"
                    )


@cache
def sources() -> Mapping[str, Source]:
    """All sources by their short name."""
    return entries_in(_text("sources.toml"), Source, where="sources.toml")


@cache
def shelf_of(file: str, schema: type[M]) -> Mapping[str, M]:
    """Entries of one file of the package by name, validated, each claim with a known source."""
    entries = entries_in(_text(file), schema, where=file)
    checked_sources(entries, sources(), where=file)
    return entries


def _text(file: str) -> str:
    return (resources.files("jointwatch.catalogue") / file).read_text(encoding="utf-8")
