"""How far a centre had cosigned that was lost: kept beside the logs, and nothing else may stand there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.export_label import belongs
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.run_directory import write_logs
from jointwatch.exchange.verify.run import verify_run
from tests.exchange import two_centres as world
from tests.exchange.second import directories
from tests.exchange.second.wrong import Wrong

PLACE = "cosigned/moscow/common/notify/brussels"
Survived = tuple[Path, Any, Any]


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survived]:
    """What Moscow writes of a run in which Brussels lived to cosign three of its four notices; the manifest lacks."""
    folder = tmp_path_factory.mktemp("survived")
    moscow, brussels = centres = world.two_centres(folder)
    world.rehearse(centres)
    moscow.say("common", "notify", "brussels does not answer")
    directory = folder / "run"
    directory.mkdir()
    (directory / "statement.json").write_bytes(world.statement_of([moscow], absent=["brussels"]))
    write_logs(moscow.store, directory, moscow.store.logs())
    yield directory, moscow, brussels
    moscow.close(), brussels.close()


def test_the_last_checkpoint_that_a_lost_centre_cosigned_is_kept_and_said(survived: Survived) -> None:
    directory, moscow, _ = survived
    there = [path.relative_to(directory).as_posix() for path in (directory / "cosigned").rglob("*") if path.is_file()]
    assert there == [PLACE], "where the end is cosigned, nothing is kept beside it"
    kept = (directory / PLACE).read_bytes()
    assert checkpoints.unverified(kept).size == 3
    assert checkpoints.cosigned_at(kept, moscow.mirror.keys("brussels").cosigner(moscow.clock_tai_ns)) == world.POSIX_S
    cosigned = {str(seen.log): seen.cosigned for seen in verify_run(directory).logs}
    assert cosigned["moscow/common/notify"] == {"brussels": 3}
    assert cosigned["moscow/common/assess"] == {"brussels": 1}


def test_it_goes_where_its_log_goes() -> None:
    assert belongs(PLACE, "brussels")
    assert belongs(PLACE, "common")
    assert belongs("cosigned/moscow/brussels/plot/2026-11/brussels", "brussels")
    assert not belongs("cosigned/moscow/brussels/plot/brussels", "common")
    assert not belongs("cosigned/notify", "common")


def line(centre: Any, body: bytes, key: SigningKey | None = None) -> bytes:
    """The note with a line in the centre's name."""
    signed = checkpoints.cosign(body, f"jointwatch/{centre.run}/{centre.name}", key or centre.cosign_key, 1)
    return checkpoints.with_signature(body, signed)


def wrong(moscow: Any, brussels: Any) -> dict[str, tuple[str, bytes, str]]:
    """What may not stand there: path, bytes, and words of the refusal."""
    log = moscow.log("common", "notify")
    good, two = moscow.store.cosigned_before(log)["brussels"], moscow.store.checkpoint(log, 2)
    other = checkpoints.signed(Checkpoint(log.origin(moscow.run), 2, bytes(32)), moscow.log_key)
    empty = checkpoints.signed(Checkpoint(log.origin(moscow.run), 0, bytes(32)), moscow.log_key)
    whole = moscow.store.checkpoint(log)
    return {
        "nobody's": (PLACE, two, "not the owner's, then one of brussels"),
        "a stranger's": (PLACE, line(brussels, two, SigningKey.generate()), "known key"),
        "over all": (PLACE, line(brussels, whole), "it is kept where that is a part of the 4"),
        "over nothing": (PLACE, line(brussels, empty), "it is kept where that is a part of the 4"),
        "of another history": (PLACE, line(brussels, other), "of another history"),
        "by two": (PLACE, line(moscow, good), "not the owner's, then one of brussels"),
        "cut": (PLACE, good[:-3], ""),
        "noise": (PLACE, b"noise", ""),
        "too long": (PLACE, good + bytes(20_000), ""),
        "of no log": ("cosigned/moscow/common/other/brussels", good, "of no log that is here"),
        "of a place that is none": ("cosigned/brussels", good, "of no log that is here"),
        "of no centre": ("cosigned/moscow/common/notify/ankara", good, "no other centre that may read"),
        "of the owner": ("cosigned/moscow/common/notify/moscow", good, "no other centre that may read"),
        "of one who may not read it": ("cosigned/moscow/moscow/record/brussels", good, "no other centre that may"),
        "of a log cosigned to its end": ("cosigned/moscow/common/assess/brussels", good, "cosigned all of"),
    }


def test_nothing_else_may_stand_there_and_both_verifiers_say_so(survived: Survived, tmp_path: Path) -> None:
    directory, moscow, brussels = survived
    for number, (name, (path, body, words)) in enumerate(wrong(moscow, brussels).items()):
        copy = Path(shutil.copytree(directory, tmp_path / str(number)))
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_bytes(body)
        found = {fault.file: fault.why for fault in verify_run(copy).faults}
        assert words in found.get(path, "nothing was found"), name
        with pytest.raises(Wrong) as refusal:
            directories.check_run(copy)
        assert "manifest" not in str(refusal.value), name
    with pytest.raises(Wrong, match="manifest"):
        directories.check_run(directory)
