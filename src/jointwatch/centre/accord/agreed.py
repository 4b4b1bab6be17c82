"""All that a centre's people are shown of what is agreed and asked."""

from __future__ import annotations

import msgspec

from jointwatch.centre.accord.consultation import Consultations
from jointwatch.centre.accord.papers import Standing


class Agreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the accord stands, and what was asked.

    identities: centre -> fingerprint, of this centre and of all that it has pinned.
    """

    standing: Standing
    identities: dict[str, str]
    consultations: Consultations
