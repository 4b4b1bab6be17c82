"""Words for logs that may not be appended to yet: kept with what else was said, and said when their logs open."""

from __future__ import annotations

from collections.abc import Callable

from jointwatch.centre.duty.listener import Word
from jointwatch.centre.ledger import Ledger
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import decode, encode
from jointwatch.messages.header import Header

PREFIX = "duty/later/"
HEADER = frozenset(Header.__struct_fields__)


class Later:
    """What one centre has yet to say, in order, as its record keeps it. opens: whether a log may be appended to."""

    def __init__(self, ledger: Ledger, opens: Callable[[LogId], bool]) -> None:
        self._ledger, self._opens = ledger, opens
        self._waiting = ledger.remembered(PREFIX)

    def say(self, word: Word) -> None:
        """Say a word, now or when its log opens; of one log in the order in which they came."""
        log = LogId.parse(word.log) if word.log else self._ledger.internal()
        if self._opens(log) and not self._waiting:
            self._ledger.say(word.kind, log, **word.content)
            return
        name = f"{PREFIX}{self._number():015d}"
        self._waiting[name] = encode(self._ledger.draft(word.kind, log, **word.content))
        self._ledger.remember(name, self._waiting[name])

    def let_go(self) -> None:
        """Say what waits for logs that are open by now."""
        closed = set[str]()
        for name, data in list(self._waiting.items()):
            message = decode(data)
            if message.log in closed or not self._opens(LogId.parse(message.log)):
                closed.add(message.log)
                continue
            content = {field: getattr(message, field) for field in message.__struct_fields__ if field not in HEADER}
            self._ledger.say(type(message), LogId.parse(message.log), **content)
            self._ledger.remember(name, None)
            del self._waiting[name]

    def _number(self) -> int:
        return 1 + int(max(self._waiting, default=f"{PREFIX}0").removeprefix(PREFIX))
