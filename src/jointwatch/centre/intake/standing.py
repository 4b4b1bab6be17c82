"""How each sensor of a centre stands: what it handed in since the centre was started, when last, what was refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from jointwatch.exchange.keyrings import Keyrings
from jointwatch.messages.sentence import plain


@dataclass
class Heard:
    """Counts since the start, POSIX times, and the last refusal in a sentence."""

    reports: int = 0
    last_posix_s: float | None = None
    refused: int = 0
    last_refusal: str = ""


class Standing:
    """How the sensors stand. Safe to use from several threads."""

    def __init__(self) -> None:
        self._heard: dict[str, Heard] = {}
        self._lock = threading.Lock()

    def kept(self, sensor: str, reports: int) -> None:
        """Count reports of a sensor that are on the disk; what comes from no sensor has no name, and counts nowhere."""
        with self._lock:
            heard = self._heard.setdefault(sensor, Heard())
            heard.reports, heard.last_posix_s = heard.reports + reports, time.time()

    def refused(self, sensor: str, why: str) -> None:
        """Count a batch of a sensor that was refused."""
        with self._lock:
            heard = self._heard.setdefault(sensor, Heard())
            heard.refused, heard.last_refusal = heard.refused + 1, plain(why)

    def told(self, sensors: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return how these sensors stand, by name; one that was never heard of says so by its zeros."""
        with self._lock:
            return {name: asdict(self._heard.get(name, Heard())) for name in sorted(sensors)}


def named(own: Keyrings) -> set[str]:
    """Return the sensors that a centre's newest roster names."""
    purposes = (key.purpose for key in own.rings[-1].roster.keys) if own.rings else ()
    return {purpose.removeprefix("sensor:") for purpose in purposes if purpose.startswith("sensor:")}
