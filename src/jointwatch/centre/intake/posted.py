"""What sensors post in the formats of the field, signed in each one's name and put in the one queue of the door.

A batch is taken whole or not at all. Scans that stand in the record already are told the places that they have, so
whoever did not hear the answer posts the same again.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace

from jointwatch.centre.configuration import Configuration
from jointwatch.centre.intake import batch, reports, scans
from jointwatch.centre.intake.reports import Destination
from jointwatch.centre.intake.scans import Told
from jointwatch.centre.intake.sensor_keys import SensorKeys
from jointwatch.centre.intake.standing import Standing
from jointwatch.centre.submission import Intake
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns, utc_from_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.allowance import Allowance
from jointwatch.exchange.handed_in import Place
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.roles import Caller
from jointwatch.formats.refusal import Refusal
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.station import Sensor

MAX_SCANS = 4_096
AHEAD_NS, OLDEST_NS = 60 * NS_PER_S, 86_400 * NS_PER_S


@dataclass(frozen=True)
class Posted:
    """What was told, and the promise of where it will stand."""

    told: Told
    places: Future[list[Place]]


class Reception:
    """Where a centre's sensors post; `keys` are the centre's as its rosters name them now."""

    def __init__(self, known: Configuration, own: Callable[[], Keyrings], keys: SensorKeys, intake: Intake) -> None:
        self._known, self._own, self._keys, self._intake = known, own, keys, intake
        self._to = Destination(known.centre, known.run, known.mode)
        self.standing = Standing()
        self._allowances: defaultdict[str, Allowance] = defaultdict(Allowance)  # as many as there are sensors
        self._lock = threading.Lock()

    def wait_s(self, name: str) -> float:
        """Return how long a sensor must wait until it has a share of the door's time again; zero where it has one."""
        with self._lock:
            return self._allowances[name].wait_s()

    def take(self, caller: Caller, body: bytes) -> Posted:
        """Return what a sensor's bytes tell, on its way into the record.

        Raises Refusal with a sentence for the sensor's people, and what `Intake.hand_in` does. What reading and signing
        cost is the sensor's to spend.
        """
        begun_s = time.thread_time()
        try:
            return self._take(caller, body, now_tai_ns())
        finally:
            with self._lock:
                self._allowances[caller.name].spend(time.thread_time() - begun_s)

    def _take(self, caller: Caller, body: bytes, now: int) -> Posted:
        try:
            told = batch.read(body)
            sensor = self._sensor(caller.sensor, told)
            found = [scans.plots(scan, sensor) for scan in told.scans]
            self._check_times(found, now)
            entries = self._entries(caller.sensor, found, now)
        except Refusal as refusal:
            raise Refusal("", f"{refusal}; nothing of this was taken") from None
        return Posted(told, self._intake.hand_in(_writer(caller), entries))

    def _sensor(self, name: str, told: Told) -> Sensor:
        """Return the sensor as it is declared; raises Refusal where it is not, or where what came is of another."""
        if len(told.scans) > MAX_SCANS:
            raise Refusal("", f"{len(told.scans)} scans came at once; hand in at most {MAX_SCANS} at a time")
        declared = self._known.sensors.get(name)
        if declared is None:
            raise Refusal(
                "",
                f"{self._known.centre} does not know where {name} stands; write a table [sensors.{name}] with "
                "latitude_deg and longitude_deg into its centre.toml and start it again",
            )
        own = {name.lower(), (declared.called or name).lower()}
        strangers = [called for called in told.called if called.lower() not in own]
        if strangers:
            raise Refusal(
                "",
                f"it is of the sensor {strangers[0]}, and this certificate is {name}'s; where both are one, write "
                f'called = "{strangers[0]}" under [sensors.{name}] in centre.toml',
            )
        return scans.sensor(name, declared)

    def _check_times(self, found: list[Plots], now: int) -> None:
        """Raise Refusal for times that cannot be of measurements made by now."""
        newest, oldest = max(p.time_tai_ns for p in found), min(p.time_tai_ns for p in found)
        if newest > now + AHEAD_NS:
            raise Refusal(
                "",
                f"a scan of {_utc(newest)} is {(newest - now) / NS_PER_S:,.0f} s ahead of this centre's clock, at "
                f"{_utc(now)}; set the radar's clock and send it again",
            )
        if self._known.mode == "operational" and oldest < now - OLDEST_NS:
            raise Refusal("", f"a scan of {_utc(oldest)} is over a day old; what is replayed belongs into an exercise")

    def _entries(self, name: str, found: list[Plots], now: int) -> list[bytes]:
        key = self._keys.key(name, self._own(), now)
        said = [report for plots in found for report in reports.drafted(plots, self._to, logged_tai_ns=now)]
        return [dsse.sign(PAYLOAD_TYPE, encode(report), [key]).encode() for report in said]


def _writer(caller: Caller) -> Caller:
    """Return a sensor as one that hands in signed plots of its own, which it does by the centre's hand."""
    return replace(caller, roles=frozenset({"sensor-writer"}))


def answer(sensor: str, told: Told, places: list[Place]) -> Mapping[str, object]:
    """Return what is told a sensor whose batch is on the disk: counts, where it stands, and what was left out."""
    return {
        "sensor": sensor,
        "scans": len(told.scans),
        "plots": told.plots,
        "left_out": dict(told.left_out),
        "unused": list(told.unused),
        "places": [[str(place.log), place.index] for place in places],
    }


def _utc(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns, digits=3)
