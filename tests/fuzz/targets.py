"""Every reader of the exchange and the messages, by name."""

from __future__ import annotations

from tests.fuzz import forms
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {**forms.TARGETS}
