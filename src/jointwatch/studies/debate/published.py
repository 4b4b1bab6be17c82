"""The questions, and what was published on each: words or a figure, how it was come by, and where."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pydantic import Field, TypeAdapter

from jointwatch.catalogue.fact import Model, Source, Tag
from jointwatch.catalogue.files import sources

Ours = dict[str, str]
"""What comes out here, in words, by the name of the row that it stands beside."""


class Published(Model):
    """One published figure or position; `what` says of what, "-" stands where nothing was published.

    why: where ours is another, why it is.
    """

    what: str
    published: str
    tag: Tag
    source: str
    why: str = ""

    @property
    def read_in(self) -> Source:
        """Where it was read."""
        return sources()[self.source]


class Question(Model):
    """One question with what was published on it, by short names."""

    asks: str
    rows: dict[str, Published] = Field(min_length=1)


@cache
def questions() -> Mapping[int, Question]:
    """Return the fifteen questions by their numbers.

    >>> questions()[9].rows["whole"].published
    'fell near Spitsbergen 24 min after launch'
    """
    text = (resources.files(__package__) / "published.toml").read_text(encoding="utf-8")
    held = TypeAdapter(dict[str, Question]).validate_python(tomllib.loads(text))
    return {int(number): question for number, question in held.items()}
