"""Trust files: which identity key speaks for which centre, as someone wrote it down who was told by the centre itself.

# read out on the telephone, 20 May
moscow SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from jointwatch.exchange.refused import Refused

RULE = "jointwatch trust file"
_LINE = re.compile(r"([a-z0-9][a-z0-9.-]{0,62})\s+(SHA256:[A-Za-z0-9+/]{43})")


def parse(text: str) -> dict[str, str]:
    """Return centre -> fingerprint of its identity key, from a trust file's text; "#" begins a comment.

    >>> parse("moscow SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU  # read out on the telephone")
    {'moscow': 'SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU'}
    """
    pinned: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        words = _LINE.fullmatch(said)
        if words is None:
            raise Refused(RULE, f"line {number} is not a centre and its fingerprint SHA256:..., but {said[:100]!r}")
        if words[1] in pinned:
            raise Refused(RULE, f"line {number} pins {words[1]} a second time; one centre has one identity")
        pinned[words[1]] = words[2]
    return pinned


def text(pinned: Mapping[str, str]) -> str:
    """Return the trust file that `parse` reads back."""
    return "".join(f"{centre} {fingerprint}\n" for centre, fingerprint in sorted(pinned.items()))
