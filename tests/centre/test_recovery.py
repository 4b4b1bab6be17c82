"""A centre in service that lost its record, or part of it: what comes back, what it says of it, and what it refuses."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from jointwatch.centre.client import CentreLine
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.shard import shards_of
from jointwatch.messages.encoding import decode
from jointwatch.messages.incident import Incident
from tests.centre import serving
from tests.exchange.damage import flip

LOG = "moscow/brussels/notify"
OFTEN = (
    "from jointwatch.centre import service; service.AUDIT_EVERY_S = 0.3; from jointwatch.cli.main import main; main()"
)
AUDITED_OFTEN = (sys.executable, "-c", OFTEN)


def record(centre: Path) -> Path:
    return centre / "runs" / "watch.sqlite"


def incidents(centre: Path) -> list[Incident]:
    """What the centre wrote down, as its closed record says."""
    with Store(record(centre), run="watch", owner=centre.name) as store:
        logs = shards_of(LogId(centre.name, centre.name, "record"), store.logs())
        entries = [entry for log in logs for entry in store.entries(log)]
    return [found for entry in entries if isinstance(found := decode(dsse.parse(entry).payload), Incident)]


def entries(centre: Path, *ids: str) -> list[bytes]:
    with CentreLine(centre / "clients" / "desk") as line:
        return [serving.entry(line, LOG, name) for name in ids]


def submit(centre: Path, said: Sequence[bytes]) -> list[tuple[str, int]]:
    with CentreLine(centre / "clients" / "desk") as line:
        return line.submit(said).places


def test_a_centre_alone_waits_for_its_partner_but_records_what_stays_at_home(tmp_path: Path) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    with serving.serving(moscow):
        with pytest.raises(TurnedDown, match="waits until brussels said what is held of it there") as refusal:
            submit(moscow, entries(moscow, "early"))
        assert refusal.value.status == 503
        with CentreLine(moscow / "clients" / "desk") as line:
            line.submit([serving.entry(line, "moscow/moscow/record", "at-home")])
        with serving.serving(brussels):
            serving.opened(moscow)
            assert [index for _, index in submit(moscow, entries(moscow, "early"))] == [1]


def test_an_officer_may_start_without_a_partner_and_this_is_written_down(tmp_path: Path) -> None:
    moscow, _ = serving.found(tmp_path, "moscow", "brussels")
    with serving.serving(moscow, "--without", "brussels"):
        assert [index for _, index in submit(moscow, entries(moscow, "alone"))] == [1]
        assert serving.health(moscow)["waits_for"] == ["brussels"], "it is asked as soon as it is there"
    assert [(found.about, found.concerns) for found in incidents(moscow)] == [("without", "brussels")]


def test_a_lost_record_comes_back_from_the_partner(tmp_path: Path) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    with serving.serving(brussels):
        with serving.serving(moscow):
            serving.opened(moscow)
            said = entries(moscow, *map(str, range(30)))
            places = submit(moscow, said)
            serving.wait_for(lambda: serving.mirrored(moscow, brussels))
        kept = record(brussels)
        shutil.rmtree(moscow / "runs")
        with serving.serving(moscow):
            serving.opened(moscow)
            assert submit(moscow, said) == places, "whoever was not told, and asks again, is told the same"
            assert submit(moscow, entries(moscow, "new")) == [(places[0][0], 31)]
            serving.wait_for(lambda: serving.mirrored(moscow, brussels))
            assert serving.health(brussels)["partners"]["moscow"]["refused"] >= 0
    (found,) = [found for found in incidents(moscow) if found.about == "refill"]
    log = LogId.parse(places[0][0])
    assert found.text == (
        f"33 entries of {log}, moscow/common/roster were missing in our record and came back from brussels; "
        "our record was lost: internal logs, which nobody else holds, begin again"
    )
    with (
        Store(kept, run="watch", owner="brussels") as theirs,
        Store(record(moscow), run="watch", owner="moscow") as own,
    ):
        assert (theirs.size(log), theirs.root(log)) == (own.size(log), own.root(log))


def test_a_bit_that_turns_in_service_is_found_and_mended_without_anyone_doing_anything(tmp_path: Path) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    said = entries(moscow, *(f"the-id-{number}." for number in range(30)))
    with serving.serving(brussels):
        with serving.serving(moscow):
            serving.opened(moscow)
            places = submit(moscow, said)
            serving.wait_for(lambda: serving.mirrored(moscow, brussels))
        process = serving.start(moscow, program=AUDITED_OFTEN)
        try:
            serving.opened(moscow)
            flip(record(moscow), b"the-id-17.")
            serving.wait_for(lambda: "lies in" in (moscow / "serving.txt").read_text())
            serving.opened(moscow)
            assert submit(moscow, [*said, *entries(moscow, "after")]) == [*places, (places[0][0], 31)]
            serving.wait_for(lambda: serving.mirrored(moscow, brussels))
            assert serving.end(process) == 0
        finally:
            serving.end(process, signal.SIGKILL)
    told = (moscow / "serving.txt").read_text()
    assert "the record is damaged, and read-only from now on: entry 18 of moscow/brussels/notify/" in told
    assert [found.about for found in incidents(moscow) if found.about != "clock"] == ["damage", "refill"]
    assert len(list((moscow / "runs").glob("watch.damaged-*/watch.sqlite"))) == 1
