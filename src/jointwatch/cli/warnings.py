"""Files of official warnings that a command is given, read; what cannot be is a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jointwatch.cli.errors import UserError
from jointwatch.formats.notice_files import Warned, read_notices
from jointwatch.formats.refusal import Refusal


def read(files: Sequence[Path]) -> list[Warned]:
    """Return the warnings of some files, each once."""
    found: list[Warned] = []
    for path in files:
        try:
            found += read_notices(path)
        except (Refusal, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UserError(f"{path} was not read: {reason}") from None
    if not found:
        raise UserError(f"{', '.join(map(str, files))}: no warning stands there")
    return list({each.id: each for each in found}.values())
