"""What is wrong with a file that a person wrote: the first complaint with its key, and the words that were near."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from jointwatch.studies.strict import Model

Parts = Mapping[str, type[Model]]


def near_to(word: str, words: Iterable[str]) -> str:
    """Return the end of a sentence: which known word is near to one that is not known, or all there are.

    >>> near_to("fligths", ["flights", "notices"]), near_to("x", ["flights", "notices"])
    ("; did you mean 'flights'?", '; there are flights, notices')
    """
    known = list(words)
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {match[0]!r}?" if match else f"; there are {', '.join(known)}"


def sentence(error: ValidationError, whole: type[Model], parts: Parts) -> str:
    """Return the first complaint with its key, and how many follow.

    whole: what the file holds; parts: what stands under which key of it, so that the keys beside a wrong one are known.
    """
    first, *rest = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")  # a misspelt key first
    key = ".".join(str(part) for part in first["loc"]) or "the file"
    more = f" (and {len(rest)} more)" if rest else ""
    return f"{key}: {_complaint(first, whole, parts)}{more}"


def _complaint(item: Any, whole: type[Model], parts: Parts) -> str:
    given = item.get("input")
    if item["type"] == "extra_forbidden":
        return f"this key is not known{near_to(str(item['loc'][-1]), _keys_beside(item['loc'], whole, parts))}"
    if item["type"] == "missing":
        return "this key is missing"
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{item['msg'][0].lower()}{item['msg'][1:]}{shown}".removeprefix("value error, ")


def _keys_beside(location: tuple[int | str, ...], whole: type[Model], parts: Parts) -> list[str]:
    owner = next((parts[str(part)] for part in reversed(location[:-1]) if part in parts), whole)
    return list(owner.model_fields)


def once(key: str, names: Iterable[str]) -> None:
    """Raise ValueError where a name stands twice under a key."""
    listed = list(names)
    twice = next((name for name in listed if listed.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{key}: {twice!r} stands there twice; give each once")
