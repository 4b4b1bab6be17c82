"""How a message points at an entry or at the state of a log: by position and by hash, so that it can be checked."""

from __future__ import annotations

import msgspec

from jointwatch.messages.quantities import Count, Hash, TreeName


class EntryReference(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One entry: its log, its position there, and its RFC 6962 leaf hash."""

    log: TreeName
    index: Count
    leaf_hash: Hash


class LogHead(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A log up to a size, with the RFC 6962 root over its entries."""

    log: TreeName
    size: Count
    root: Hash
