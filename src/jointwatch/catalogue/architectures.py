"""Architectures: what was proposed or built together, when, and of which elements of this catalogue.

element = load_architectures()["third-site-2007"].elements["brdy"]
element.kind, element.since.value     # "radars", "2013"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of, unknown
from jointwatch.catalogue.quantities import Day

ARCHITECTURES = "architectures.toml"


class ElementEntry(Model):
    """One element: the entry of this catalogue that it is, its part, and since when it stood or was to stand."""

    kind: Literal["radars", "interceptor-sites", "centres"]
    entry: str
    part: Fact[str]
    since: Fact[Day] | None = None
    until: Fact[Day] | None = None


class ArchitectureEntry(Model):
    """One architecture; `elements` is empty only where nothing was shared."""

    title: str
    summary: str
    idea: Fact[str]
    announced: Fact[Day] | None = None
    given_up: Fact[Day] | None = None
    elements: dict[str, ElementEntry] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _no_element_twice(self) -> ArchitectureEntry:
        named = [(element.kind, element.entry) for element in self.elements.values()]
        twice = {f"{kind} {entry}" for kind, entry in named if named.count((kind, entry)) > 1}
        if twice:
            raise ValueError(f"an element stands here twice: {', '.join(sorted(twice))}")
        return self


def load_architectures() -> Mapping[str, ArchitectureEntry]:
    """All architectures by name."""
    return shelf_of(ARCHITECTURES, ArchitectureEntry)


def load_architecture(name: str) -> ArchitectureEntry:
    """One architecture; an unknown name is refused with the nearest ones."""
    entries = load_architectures()
    if name not in entries:
        raise unknown("architecture", name, entries)
    return entries[name]
