"""A trust file: the identities of centres as people pinned them, told by another way than the exchange."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from jointwatch.cli.errors import UserError


def read_trust(path: Path) -> dict[str, str]:
    """Return centre -> fingerprint from a trust file; raise UserError, with file and key, at anything else.

    [centres]
    moscow = "SHA256:Zmh6rfhivXduj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU"
    """
    try:
        table = tomllib.loads(path.read_text())
    except OSError as error:
        raise UserError(f"the trust file {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"the trust file {path} is not TOML: {error}") from None
    centres = table.pop("centres", None)
    if table or not isinstance(centres, dict) or not centres:
        raise UserError(f'{path}: wanted one table [centres] with lines name = "SHA256:...", and nothing else')
    for name, fingerprint in centres.items():
        if not _is_fingerprint(fingerprint):
            raise UserError(
                f"{path}: centres.{name} must be a fingerprint SHA256:... of 43 characters; it is {fingerprint!r}"
            )
    return centres


def _is_fingerprint(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", text) is not None
