"""What a released message does not say is named in it, and committed to, so that later disclosure can be proven."""

from __future__ import annotations

from typing import Annotated, Protocol

from msgspec import Meta

FieldNames = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$(?!\n)")], ...],
    Meta(max_length=32, description="fields the sender left empty on purpose, in alphabetical order"),
]

_EMPTY: tuple[object, ...] = ("", b"", (), None)


class Released(Protocol):
    """A message, or a part of one, that exists as an internal and as a released view."""

    @property
    def withheld(self) -> tuple[str, ...]:
        """Names of the fields left empty."""
        ...

    @property
    def commitment(self) -> bytes:
        """32 bytes, or none."""
        ...


def check_withheld(view: Released, fields: tuple[str, ...]) -> None:
    """Raise ValueError unless what is called withheld is a field, is empty, and is committed to."""
    if len(view.commitment) not in (0, 32):
        raise ValueError(f"a commitment has 32 bytes or none; this one has {len(view.commitment)}")
    if list(view.withheld) != sorted(set(view.withheld)):
        raise ValueError("the withheld fields must be named once each, in alphabetical order")
    for name in view.withheld:
        if name not in fields:
            raise ValueError(f"{name!r} is called withheld but is no field here")
        if getattr(view, name) not in _EMPTY:
            raise ValueError(f"{name!r} is called withheld but holds a value")
    if view.withheld and not view.commitment:
        raise ValueError("fields are withheld without a commitment to what they hold")
