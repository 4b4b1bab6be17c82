"""What stands in every signed message: which schema, exercise or operation, which run, who says it, where and when."""

from __future__ import annotations

from typing import Literal

import msgspec

from jointwatch.messages.quantities import Id, LogName, Mode, TaiNs, Word


class Header(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """The fields common to all kinds.

    v: version of the schema. mode and run: a message of an exercise can never be taken for an operational one.
    origin: the centre that says it. log: where it is kept, owner/audience/class. id: unique to the origin.
    """

    v: Literal[1] = 1
    mode: Mode
    run: Id
    origin: Word
    log: LogName
    logged_tai_ns: TaiNs
    id: Id
