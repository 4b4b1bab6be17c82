"""Values that are a mean with one sigma."""

from __future__ import annotations

from pydantic import Field

from jointwatch.catalogue.fact import Model


class Spread(Model):
    """A mean and its one-sigma, in the unit of the key."""

    mean: float
    sigma: float = Field(ge=0)
