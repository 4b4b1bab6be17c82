"""What hangs on a centre's ear: a listener hears every entry in the order of the log, and says what follows from it.

It knows nothing but what it hears: no clock, no file, nothing at random. The same entries give the same words, so a
centre that ended goes on as if it had not. Time passes by what is logged. All that it keeps can be pickled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jointwatch.messages.encoding import Heard, Message
from jointwatch.messages.reference import EntryReference


@dataclass(frozen=True)
class Word:
    """Something to say: the kind and content of a message; log: where, else in the centre's own record."""

    kind: type[Message]
    content: Mapping[str, Any]
    log: str = ""


class Listener(Protocol):
    """Hears each entry once, and is never asked anything else by the log."""

    def hear(self, owner: str, message: Heard, at: EntryReference) -> Iterable[Word]:
        """Return what is to be said because of an entry of `owner`, which stands `at` its place."""
