"""The credential of a radar is stolen: a thief posts until one person revokes it, and officers mark what it posted.

Another radar posts all the while and must notice nothing. The centre is killed after each of the two steps, so what is
refused and what is marked must follow from its files alone.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import Place
from jointwatch.earth.timescale import now_tai_ns, utc_from_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import LineCut, TurnedDown
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import decode
from jointwatch.messages.plot_report import PlotReport
from tests.centre import serving
from tests.faults import served
from tests.faults.harness import Outcome, seconds_until

TITLE = "a stolen sensor credential, revoked while it is used"
REQUIRED = "its later plots refused, those since the theft marked, no other touched"
RECORD = "moscow/moscow/record"
SIGMAS = {"sigma_range_m": 9.0, "sigma_azimuth_deg": 0.1, "sigma_elevation_deg": 0.1}
EVERY_S, RECOVERY_S = 0.05, 20.0


def run(folder: Path, *, full: bool) -> Outcome:
    lasts_s = 30.0 if full else 2.0
    (here,) = serving.found(folder, "moscow", clients=("sensor:gabala", "sensor:armavir"))
    stolen = Path(shutil.copytree(Place(here).clients / "gabala", folder / "stolen"))
    moscow, draft = served.Centre(here), folder / "change.json"
    moscow.start()
    with posting(Place(here).clients / "armavir", 1e6) as armavir:
        with posting(Place(here).clients / "gabala", 2e6) as gabala:
            time.sleep(lasts_s)
        time.sleep(1.1)  # the theft is told in whole seconds, cut off: none of the radar's own posts is of that one
        theft = utc_from_tai_ns(now_tai_ns())
        with posting(stolen, 3e6) as thief:
            time.sleep(lasts_s)
            done = serving.command("centre", "revoke", here, "sensor:gabala", "--since", theft, "--out", draft)
            assert done.returncode == 0, done.stderr
            seconds_until(lambda: thief.refused > 0, RECOVERY_S, "the thief is turned away")
            killed_and_begun(moscow)
            before = len(thief.kept)
            time.sleep(lasts_s)
            assert len(thief.kept) == before, "a revoked certificate was let in after a restart"
        for number in (1, 3):
            key = here / "officers" / f"officer-{number}.pem"
            assert serving.command("centre", "keys", "sign", draft, "--key", key).returncode == 0
        done = serving.command("centre", "keys", "publish", here, draft)
        assert done.returncode == 0, done.stderr
        marked_s = killed_and_begun(moscow)
        time.sleep(lasts_s)
        of_the_thief = {serving.shard(RECORD): len(thief.kept)}
        seconds_until(lambda: serving.health(here)["unverified"] == of_the_thief, RECOVERY_S, f"marked: {of_the_thief}")
    moscow.stop()
    lost, doubled = kept_of(moscow, {**armavir.kept, **gabala.kept, **thief.kept})
    posted = len(armavir.kept) + len(gabala.kept) + len(thief.kept)
    detail = (
        f"{len(thief.kept)} entries of the thief marked, {thief.refused} of its posts refused; {len(gabala.kept)} of "
        f"the radar before it and {len(armavir.kept)} of another untouched, through 2 kills"
    )
    return Outcome(posted, lost, doubled, marked_s, detail)


class Poster:
    """Whoever posts a scan again and again: what was kept, by its range, with its place; how often it was refused."""

    def __init__(self, box: Path, range_m: float) -> None:
        self._box, self._range_m, self._over = box, range_m, threading.Event()
        self.kept: dict[float, tuple[str, int]] = {}
        self.refused = 0
        self.thread = threading.Thread(target=self._post)

    def end(self) -> None:
        self._over.set()
        self.thread.join()

    def _post(self) -> None:
        number = 0
        while not self._over.wait(EVERY_S):
            number += 1
            range_m = self._range_m + number
            plot = {"range_m": range_m, "azimuth_deg": 10.0, "elevation_deg": 5.0, **SIGMAS}
            self._until_answered(range_m, json.dumps({"scans": [{"tai_ns": now_tai_ns(), "plots": [plot]}]}).encode())

    def _until_answered(self, range_m: float, body: bytes) -> None:
        """Post the same again until it is kept or refused; at its end it waits no longer."""
        while True:
            try:
                with CentreLine(self._box, timeout_s=10.0) as line:
                    ((log, index),) = line.post(body)["places"]
                self.kept[range_m] = (log, index)
                return
            except TurnedDown as refusal:
                if refusal.status == 403:
                    self.refused += 1
                    return
            except LineCut:
                pass
            if self._over.wait(EVERY_S):
                return


@contextmanager
def posting(box: Path, range_m: float) -> Iterator[Poster]:
    poster = Poster(box, range_m)
    poster.thread.start()
    try:
        yield poster
    finally:
        poster.end()


def killed_and_begun(moscow: served.Centre) -> float:
    """How long it took until a centre that was killed answers again."""
    moscow.kill()
    begun = time.monotonic()
    moscow.start()
    return time.monotonic() - begun


def kept_of(moscow: served.Centre, acknowledged: dict[float, tuple[str, int]]) -> tuple[int, int]:
    """How many acknowledged scans do not stand where it was said, and how many stand twice."""
    found: list[float] = []
    lost = 0
    with moscow.record() as store:
        log = LogId.parse(serving.shard(RECORD))
        for index, entry in enumerate(store.entries(log, 0, store.size(log))):
            message = decode(dsse.parse(entry).payload)
            if isinstance(message, PlotReport):
                found += message.range_m
                lost += message.range_m[0] in acknowledged and acknowledged[message.range_m[0]] != (str(log), index)
    return lost + len(acknowledged.keys() - set(found)), len(found) - len(set(found))
