"""How often a password may be tried: a few times at once, and then slowly.

A token bucket of wrong passwords for each name at each address, for each address, and for each name. The first two stop
who guesses; the last, which is wider, who guesses from many places, and leaves the person a way in from elsewhere until
then. What a password costs to try (64 MiB, a fifth of a second) is taken by one at a time.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator

from jointwatch.exchange.allowance import Allowance

MOST_KEPT = 10_000  # names and addresses that are remembered
_LIMITS = {"name at address": (5, 30.0), "address": (20, 10.0), "name": (50, 10.0)}
"""How many wrong passwords at once, and after how many seconds there is one more."""


class Attempts:
    """The wrong passwords of late. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[tuple[str, ...], Allowance] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, name: str, address: str) -> float:
        """Return how long until a password may be tried again; zero where it may now."""
        with self._lock:
            known = (self._left.get(key) for _, key in _keys(name, address))  # asking alone has nobody else forgotten
            return max((one.wait_s() for one in known if one is not None), default=0.0)

    def failed(self, name: str, address: str) -> None:
        """Count a wrong password."""
        with self._lock:
            for sort, key in _keys(name, address):
                self._of(key, sort).spend(1.0)

    def _of(self, key: tuple[str, ...], sort: str) -> Allowance:
        if key not in self._left:
            at_once, every_s = _LIMITS[sort]
            self._left[key] = Allowance(share=1.0 / every_s, saved_s=at_once - 1.0, clock=self._clock)
            if len(self._left) > MOST_KEPT:
                self._left.popitem(last=False)
        self._left.move_to_end(key)
        return self._left[key]


def _keys(name: str, address: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "name at address", ("both", name, address)
    yield "address", ("address", address)
    yield "name", ("name", name)
