"""The base of everything a scenario file holds."""

from __future__ import annotations

from jointwatch.centre.strict import Model as Model
