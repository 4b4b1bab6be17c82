"""What people fill in: base of all forms, and the values that several have in common; the page draws them from these.

A field that is `Pointed` is filled from the entry that is selected on the page.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from jointwatch.earth.timescale import tai_ns_from_utc

_PRINTABLE = r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
_WORD = r"[a-z0-9][a-z0-9.-]{0,62}"


def _utc(text: str) -> str:
    tai_ns_from_utc(text)
    return text


Word = Annotated[str, Field(pattern=rf"^{_WORD}$", max_length=63)]
Partner = Annotated[str, Field(pattern=rf"^{_WORD}$", max_length=63, json_schema_extra={"from": "partners"})]
"""A partner's name; the page offers those that are pinned."""
Line = Annotated[str, Field(pattern=rf"^{_PRINTABLE}*$", max_length=200)]
Remark = Annotated[str, Field(pattern=rf"^{_PRINTABLE}*$", max_length=2_000)]
Text = Annotated[str, Field(pattern=rf"^{_PRINTABLE}+$", min_length=1, max_length=2_000)]
TreeName = Annotated[str, Field(pattern=rf"^{_WORD}(/{_WORD}){{2}}(/[0-9]{{4}}-(0[1-9]|1[0-2]))?$", max_length=200)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, 64 hexadecimal digits")]
Utc = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$",
        max_length=30,
        description="UTC, such as 2026-11-22T09:30:00Z",
        json_schema_extra={"format": "date-time"},
    ),
    AfterValidator(_utc),
]


class Form(BaseModel):
    """Base of all forms: unknown fields refused, values frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pointed(Form):
    """An entry of the record: its log, its position there."""

    log: TreeName
    index: Annotated[int, Field(ge=0, le=2**53 - 1)]
