"""Two centres in service: what is acknowledged is kept once, mirrored once, and outlives a kill."""

from __future__ import annotations

import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from jointwatch.centre.client import CentreLine
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.keys import SigningKey
from tests.centre import serving

LOG = "moscow/brussels/notify"


@pytest.fixture(scope="module")
def centres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    moscow, brussels = serving.found(tmp_path_factory.mktemp("centres"), "moscow", "brussels")
    with serving.serving(moscow), serving.serving(brussels):
        serving.opened(moscow, brussels)
        yield [moscow, brussels]


@pytest.fixture
def desk(centres: list[Path]) -> Iterator[CentreLine]:
    with CentreLine(centres[0] / "clients" / "desk") as line:
        yield line


def test_what_is_handed_in_is_mirrored_and_cosigned(centres: list[Path], desk: CentreLine) -> None:
    entries = [serving.entry(desk, LOG, f"first-{n}") for n in range(20)]
    receipts, shard = desk.submit(entries), serving.shard(LOG)
    assert receipts.places == [(shard, n) for n in range(1, 21)]  # position 0 is its opening
    assert set(receipts.checkpoints) == {shard}
    serving.wait_for(lambda: serving.mirrored(*centres))
    assert serving.health(centres[1])["logs"][shard] == {"size": 21, "cosigned": 21}


def test_handed_in_again_an_entry_keeps_its_place(desk: CentreLine) -> None:
    one, two = (serving.entry(desk, LOG, f"again-{n}") for n in range(2))
    first = desk.submit([one]).places
    ((shard, index),) = first
    assert desk.submit([two, one, two]).places == [(shard, index + 1), (shard, index), (shard, index + 1)]


def test_another_entry_under_a_taken_id_is_refused_with_its_whole_batch(centres: list[Path], desk: CentreLine) -> None:
    desk.submit([serving.entry(desk, LOG, "taken", "one")])
    before = sizes(centres[0])
    with pytest.raises(TurnedDown, match=r"the id taken stands at entry \d+ of .* with other bytes") as refusal:
        desk.submit([serving.entry(desk, LOG, "new"), serving.entry(desk, LOG, "taken", "two")])
    assert refusal.value.status == 409
    assert sizes(centres[0]) == before


def sizes(centre: Path) -> dict[str, int]:
    """How long each log is that clients write; in its record a centre notes what happens, whenever it does."""
    logs = serving.health(centre)["logs"]
    return {log: at["size"] for log, at in logs.items() if not log.startswith(f"{centre.name}/{centre.name}/record")}


def test_a_stranger_s_signature_is_refused(desk: CentreLine) -> None:
    with pytest.raises(TurnedDown, match="known keys signed this") as refusal:
        desk.submit([serving.entry(desk, LOG, "forged", by=SigningKey.generate())])
    assert refusal.value.status == 422


@pytest.mark.parametrize("log", ["brussels/moscow/notify", "moscow/ankara/notify", "moscow/common/roster"])
def test_a_log_that_is_not_to_be_written_is_refused(desk: CentreLine, log: str) -> None:
    with pytest.raises(TurnedDown) as refusal:
        desk.submit([serving.entry(desk, log, "astray")])
    assert refusal.value.status == 422


def test_a_centre_that_is_killed_goes_on_from_its_record(tmp_path: Path) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    with serving.serving(brussels):
        process = serving.start(moscow)
        serving.opened(moscow)
        with CentreLine(moscow / "clients" / "desk") as line:
            entries = [serving.entry(line, LOG, f"kept-{n}") for n in range(5)]
            places = line.submit(entries).places
            serving.end(process, signal.SIGKILL)
        with serving.serving(moscow), CentreLine(moscow / "clients" / "desk") as line:
            assert line.submit(entries).places == places
            serving.wait_for(lambda: serving.mirrored(moscow, brussels))


def test_a_centre_ends_in_order_when_told(tmp_path: Path) -> None:
    (moscow,) = serving.found(tmp_path, "moscow")
    for number in (signal.SIGTERM, signal.SIGINT):
        assert serving.end(serving.start(moscow), number) == 0
    assert "moscow has ended" in (moscow / "serving.txt").read_text()


def test_keys_are_for_their_owner_alone(centres: list[Path]) -> None:
    secret = [path for centre in centres for path in centre.rglob("*") if b"PRIVATE KEY" in serving.held_by(path)]
    assert len(secret) >= 12
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in secret} == {0o700}
