"""An exercise with centres elsewhere: scans go out at their times, moved to now, each radar by a line of its own."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from jointwatch.centre.intake.feed import GaveUpError
from jointwatch.centre.intake.pace import Pace
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns, tai_ns_from_utc
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.studies import drill, scenario
from jointwatch.studies.drill import Control
from jointwatch.studies.injects import Due, Inject
from jointwatch.studies.prepare import prepare

SITE, SCANS = Site("x", 0.7, 0.8), 5


SOON_NS = 60 * NS_PER_S  # now, as against the day on which it was measured


class Line:
    """A radar's line whose centre keeps what comes, or refuses it, or keeps its caller waiting for room.

    opens: set once it has kept as many scans as there are.
    """

    def __init__(
        self,
        name: str,
        refusal: Exception | None = None,
        room: threading.Event | None = None,
        opens: threading.Event | None = None,
    ) -> None:
        self.about: Any = SimpleNamespace(centre=f"centre of {name}", client=name)
        self.kept: list[Plots] = []
        self._refusal, self._room, self._opens = refusal, room, opens

    def hand_in(self, scans: list[Plots]) -> list[tuple[str, int]]:
        if self._room is not None:
            assert self._room.wait(60)
        if self._refusal is not None:
            raise self._refusal
        self.kept += scans
        if self._opens is not None and len(self.kept) == SCANS:
            self._opens.set()
        return [("log", len(self.kept) - len(scans) + k) for k in range(len(scans))]


def due(radar: str, count: int = SCANS, step_s: float = 0.1) -> list[Due]:
    z, sigma = np.array([[1e6, 1.0, 0.1]]), np.full((1, 3), 1e-3)
    return [Due(step_s * k, radar, Plots(SITE, radar, round(step_s * k * NS_PER_S), z, sigma)) for k in range(count)]


def played(lines: dict[str, Line], *, script: tuple[Inject, ...] = (), speed: float = 1.0, **control: Any) -> Any:
    scans = sorted((one for name in lines for one in due(name)), key=lambda one: one.at_s)
    pace = Pace(0, round(0.4 * NS_PER_S), now_tai_ns(), speed)
    return drill.play(scans, lines, pace, script, Control(**control)), pace  # type: ignore[arg-type]


def test_scans_go_out_at_their_times_and_carry_the_times_of_now() -> None:
    line = Line("gabala")
    begun = now_tai_ns()
    handed, pace = played({"gabala": line})
    assert sum(one.scans for one in handed) == len(line.kept) == 5
    for one in handed:
        assert one.first_tai_ns <= one.offered_tai_ns <= one.kept_tai_ns
        assert one.offered_tai_ns - one.last_tai_ns < SOON_NS
    assert 0 <= line.kept[0].time_tai_ns - begun < SOON_NS
    assert [p.time_tai_ns - pace.ahead_ns for p in line.kept] == [one.plots.time_tai_ns for one in due("gabala")]


def test_what_one_centre_refuses_is_told_and_holds_up_no_other() -> None:
    said: list[str] = []
    lines = {"gabala": Line("gabala"), "armavir": Line("armavir", TurnedDown("moscow answered 403", 403))}
    handed, _ = played(lines, tell=said.append)
    assert {one.radar for one in handed if one.why} == {"armavir"}
    assert all(one.kept_tai_ns is None and one.places == () for one in handed if one.why)
    assert "armavir: moscow answered 403" in said
    assert len(lines["gabala"].kept) == 5


def test_a_line_that_is_slow_keeps_its_scans_and_hands_them_in_together() -> None:
    room = threading.Event()
    lines = {"gabala": Line("gabala", opens=room), "armavir": Line("armavir", room=room)}
    handed, _ = played(lines)
    assert len(lines["armavir"].kept) == len(lines["gabala"].kept) == 5
    assert max(one.scans for one in handed if one.radar == "armavir") >= 3


def test_a_centre_that_is_given_up_is_said_so() -> None:
    handed, _ = played({"gabala": Line("gabala", GaveUpError("moscow cannot be reached"))})
    assert {one.why for one in handed} == {"moscow cannot be reached"}


def test_control_can_end_it_early() -> None:
    stop = threading.Event()
    stop.set()
    began = time.monotonic()
    handed, _ = played({"gabala": Line("gabala")}, stop=stop, speed=0.001)
    assert (handed, time.monotonic() - began < 60.0) == ([], True), "it would take 400 s"


def test_words_of_the_script_are_told_when_they_are_due() -> None:
    said: list[tuple[float, str]] = []
    began = time.monotonic()
    script = (Inject(at_s=0.2, text="The line is down."),)
    played({"gabala": Line("gabala")}, script=script, tell=lambda text: said.append((time.monotonic() - began, text)))
    assert said[0][1] == "The line is down."
    assert said[0][0] >= 0.2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_scans_of_a_scenario_are_those_of_a_run_of_it(seed: int) -> None:
    """The same seeds, the same radars: what goes out is what the centres of a run here would have been handed."""
    short = scenario.load("sejil-2009").model_copy(update={"duration_s": 90.0, "seed": seed})
    start = tai_ns_from_utc(short.start_utc)
    scans = []
    for _ in range(2):
        plan, desk, _ = prepare(short, "as-proposed", speed=1.0)
        scans.append(drill.planned(desk, start, plan.ticks_tai_ns[-1], (), seed=short.seed))
    assert [one.at_s for one in scans[0]] == sorted(one.at_s for one in scans[0])
    assert {one.radar for one in scans[0]} == {"gabala", "armavir"}
    assert all(0.0 <= one.at_s <= 90.0 for one in scans[0])
    for one, other in zip(*scans, strict=True):
        np.testing.assert_array_equal(one.plots.z, other.plots.z)
    plan, desk, _ = prepare(short, "as-proposed", speed=1.0)
    handed = [desk.envelopes_until(tick) for tick in plan.ticks_tai_ns]
    assert sum(len(entries) for tick in handed for entries in tick.values()) == len(scans[0])
