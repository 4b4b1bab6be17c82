"""The base of everything a scenario file holds."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of all parts: unknown keys refused, values frozen, no silent conversion of text to number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
