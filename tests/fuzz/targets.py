"""Every reader of the exchange and the messages, by name."""

from __future__ import annotations

from tests.fuzz import forms, received, signed
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {**forms.TARGETS, **signed.TARGETS, **received.TARGETS}
