"""The joint picture of centres in service: the same at both, however their logs arrive, and after an end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.client import CentreLine
from jointwatch.centre.duty.joining import Joining
from jointwatch.centre.service import Service
from jointwatch.cli import centre_watched
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.plot_report import PlotReport
from tests.centre import observed, serving
from tests.centre.joined import ASCENT, Pair, S, both, both_in, observe, pull, rng, see, settled
from tests.centre.watched import T0, entry

RADARS = {"moscow": "armavir", "brussels": "fylingdales"}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with both(tmp_path) as found:
        yield found


@pytest.mark.parametrize("seed", [1, 2])
def test_two_centres_arrive_at_the_same_joint_picture_in_whatever_order_logs_come(pair: Pair, seed: int) -> None:
    observe(pair, range(12, 30), random.Random(seed))
    first, second = settled(pair)
    assert first == second
    assert {owner for track in first.tracks for owner in track.owners} == {"brussels", "moscow"}
    national = [one.station.picture(first.as_of_tai_ns) for one in pair]
    assert {picture.perspective for picture in (first, *national)} == {"joint", "moscow", "brussels"}


def test_a_centre_that_ended_goes_on_to_the_same_joint_picture(pair: Pair) -> None:
    """Moscow from its bookmark, Brussels from the beginning of its logs."""
    order, (moscow, brussels) = random.Random(3), pair
    observe(pair, range(12, 22), order)
    before, _ = settled(pair)
    moscow.station.mark()
    assert moscow.mark.read(lambda _: True) is not None
    moscow.station, brussels.station = moscow.opened(), brussels.opened()
    assert moscow.station.joint_picture() == before
    brussels.settle()
    assert brussels.station.joint_picture() == before
    observe(pair, range(22, 28), order)
    first, second = settled(pair)
    assert first == second
    assert first.as_of_tai_ns > before.as_of_tai_ns
    moscow.mark.path.unlink()
    moscow.station = moscow.opened()
    moscow.settle()
    assert moscow.station.joint_picture() == first


def test_while_a_partner_is_silent_the_joint_picture_stands_and_nothing_of_it_piles_up(pair: Pair) -> None:
    moscow, brussels = pair
    observe(pair, range(12, 16), random.Random(4))
    before, _ = settled(pair)
    for k in range(16, 40):
        see(moscow, k)
    found = moscow.station.joint_picture()
    assert found is not None
    assert found.as_of_tai_ns <= before.as_of_tai_ns + S  # the two clocks are 0.3 s apart
    joining = moscow.station._duty.joining
    assert joining is not None
    assert len(joining._joint._waiting) < 10
    for k in range(16, 40):
        see(brussels, k)
    first, second = settled(pair)
    assert first == second
    assert first.as_of_tai_ns > before.as_of_tai_ns + 100 * S


def test_an_entry_with_an_older_time_than_the_heartbeat_before_it_is_heard_alike(pair: Pair) -> None:
    """As of a clock that was set back, or of a radar that hands in late."""
    moscow, _ = pair
    observe(pair, range(12, 20), random.Random(5))
    late, content = LogId("moscow", "brussels", "plot"), observed.scan(ASCENT[40], T0 + 75 * S, rng())
    moscow.store.append({late: [entry(PlotReport, late, 99, T0 + 75 * S, **content)]})
    observe(pair, range(20, 26), random.Random(6))
    first, second = settled(pair)
    assert first == second


def test_a_partner_that_has_not_spoken_yet_holds_up_nobody(pair: Pair) -> None:
    moscow, _ = pair
    observe(pair, range(12, 24), random.Random(7))
    first, _ = settled(pair)
    three = Joining("moscow", ("ankara", "brussels"), BoostPriors())
    while three.round(moscow.station._course):
        pass
    assert three.picture() == first


def test_centres_that_see_nothing_give_no_signs_of_life_to_each_other(pair: Pair) -> None:
    for one in pair:
        one.settle()
        assert one.station.joint_picture() is None
        assert not any(isinstance(said, Heartbeat) for said in one.said(f"{one.centre}/{one.other}/notify"))


def test_a_heartbeat_far_ahead_of_its_logs_is_waited_for_and_no_other_partner_hears_it(pair: Pair) -> None:
    moscow, brussels = pair
    see(moscow, 12)
    see(brussels, 12)
    beats = [said for said in brussels.said("brussels/moscow/notify") if isinstance(said, Heartbeat)]
    assert beats
    notify = LogId("brussels", "moscow", "notify")
    see(brussels, 13)
    moscow.store.store_mirrored(brussels.store.frame(notify, 0, max_bytes=1 << 22))
    moscow.settle()
    heard = moscow.station._duty.joining
    assert heard is not None
    assert heard.horizon_tai_ns <= beats[0].logged_tai_ns
    pull(moscow, brussels)
    see(moscow, 14)
    pull(brussels, moscow)
    assert heard.horizon_tai_ns == max(beat.logged_tai_ns for beat in brussels.said(str(notify)))


def test_two_centres_in_service_show_the_same_joint_picture(tmp_path: Path) -> None:
    """At real doors, each radar handed in at its own centre; what is shown has it beside the national picture."""
    folders = serving.found(
        tmp_path, "moscow", "brussels", clients=[f"sensor-writer:{radar}" for radar in RADARS.values()]
    )
    for folder in folders:
        with (folder / "centre.toml").open("a") as configured:
            configured.write("\n[release]\nplots = true\nmask_source = false\n")
    with ExitStack() as services:
        moscow, brussels = (services.enter_context(closing(Service(one, lambda text: None))) for one in folders)
        for folder in folders:
            serving.wait_for(partial(waits_for_nobody, folder))
            hand_in(folder, scans=12)

        def alike() -> bool:
            first, second = moscow.keeper.joint_picture(), brussels.keeper.joint_picture()
            return first is not None and first == second and both_in(first)

        serving.wait_for(alike, within_s=60.0)
        shown = centre_watched.snapshot(moscow, 0)
        assert [picture.perspective for picture in shown.pictures] == ["moscow", "joint"]


def waits_for_nobody(centre: Path) -> bool:
    return not serving.health(centre)["waits_for"]


def hand_in(centre: Path, *, scans: int) -> None:
    """So many scans of the ascent by a centre's own radar, the last of them just now."""
    start, noise = now_tai_ns(), np.random.default_rng(len(centre.name))
    with CentreLine(centre / "clients" / RADARS[centre.name]) as line:
        for k in range(scans):
            content = observed.scan(ASCENT[12 + k], observed.at_s(start, 5.0 * (k - scans)), noise, RADARS[centre.name])
            log = f"{centre.name}/{centre.name}/record"
            line.submit([serving.words(line, PlotReport, log, f"scan-{k}", **content)])
