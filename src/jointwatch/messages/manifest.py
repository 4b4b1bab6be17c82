"""Manifests: the SHA-256 of every file of a run directory; the last entry of the run's manifest log."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Count, Hash

MAX_FILES = 480  # as many as fit an entry with paths of usual length; more go into further parts
Path = Annotated[
    str,
    Meta(max_length=240, pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$(?!\n)", description="relative, with slashes"),
]


class FileDigest(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One file: where it is in the directory, what it holds, how long it is in bytes."""

    path: Path
    sha256: Hash
    size: Count

    def __post_init__(self) -> None:
        if {".", ".."} & set(self.path.split("/")):
            raise ValueError(f"{self.path!r} leads out of the directory")


class Manifest(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="manifest"):
    """The files of a run directory in alphabetical order; part `part` of `parts`, all logged one after the other."""

    part: Annotated[int, Meta(ge=1, le=65_535)] = 1
    parts: Annotated[int, Meta(ge=1, le=65_535)] = 1
    files: Annotated[tuple[FileDigest, ...], Meta(max_length=MAX_FILES)]

    def __post_init__(self) -> None:
        paths = [file.path for file in self.files]
        if paths != sorted(set(paths)):
            raise ValueError("the files of a manifest stand once each, in alphabetical order of their paths")
        if self.part > self.parts:
            raise ValueError(f"part {self.part} of {self.parts}")
