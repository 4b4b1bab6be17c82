"""Files on a stick: what is written, what damage costs, and that any traffic of sticks ends with equal logs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.exchange import stick
from jointwatch.exchange.carrier import Answer
from jointwatch.exchange.refused import Refused
from tests.exchange import two_centres as world

RUN = "rehearsal-1"


@pytest.fixture
def centres(tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    moscow, brussels = world.two_centres(tmp_path)
    moscow.say("common", "notify", "a launch")
    moscow.say("brussels", "plot", "a scan")
    moscow.say("moscow", "record", world.SECRET)
    yield moscow, brussels
    moscow.close()
    brussels.close()


def load_for(at: Path, writer: Any, reader: Any) -> tuple[Path, ...]:
    return stick.load(at, writer.desk, reader.name, writer.desk.acknowledged(reader.name), run=RUN)


def take(at: Path, reader: Any, writer: Any) -> stick.Taken:
    return stick.take_in(at, reader.mirror, writer.name)


def collect(at: Path, writer: Any, reader: Any) -> stick.Taken:
    return stick.collect(at, writer.desk, reader.name, run=RUN)


def there_and_back(at: Path, one: Any, other: Any) -> None:
    """Carry one stick until everything has arrived and is acknowledged on both sides."""
    for writer, reader in ((one, other), (other, one), (one, other), (other, one)):
        load_for(at, writer, reader)
        take(at, reader, writer)
        collect(at, reader, writer)


def held(writer: Any, reader: Any) -> bool:
    logs = [log for log in writer.store.logs() if log.owner == writer.name and not log.internal]
    return all(reader.store.entries(log) == writer.store.entries(log) for log in logs)


def test_the_files_are_these_and_nothing_withheld_is_in_them(centres: tuple[Any, Any], tmp_path: Path) -> None:
    moscow, brussels = centres
    load_for(tmp_path / "stick", moscow, brussels)
    take(tmp_path / "stick", brussels, moscow)
    found = sorted(
        path.relative_to(tmp_path / "stick").as_posix() for path in (tmp_path / "stick").rglob("*") if path.is_file()
    )
    assert found == [
        "rehearsal-1/brussels/moscow/moscow_brussels_plot.receipt",
        "rehearsal-1/brussels/moscow/moscow_common_notify.receipt",
        "rehearsal-1/brussels/moscow/moscow_common_roster.receipt",
        "rehearsal-1/moscow/brussels/moscow_brussels_plot_000000000000000.frame",
        "rehearsal-1/moscow/brussels/moscow_common_notify_000000000000000.frame",
        "rehearsal-1/moscow/brussels/moscow_common_roster_000000000000000.frame",
    ]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "stick").rglob("*") if path.is_file())
    assert world.SECRET.encode() not in everything
    receipt = (tmp_path / "stick" / found[1]).read_text()
    assert receipt.startswith("jointwatch/rehearsal-1/moscow/common/notify\n1\n"), "a signed note anyone can read"


def test_what_is_acknowledged_is_taken_off_the_stick_and_only_news_is_written(
    centres: tuple[Any, Any], tmp_path: Path
) -> None:
    moscow, brussels = centres
    at = tmp_path / "stick"
    assert len(load_for(at, moscow, brussels)) == 3
    there_and_back(at, moscow, brussels)
    assert load_for(at, moscow, brussels) == ()
    assert not list((at / RUN / "moscow").rglob("*.frame"))
    moscow.say("common", "notify", "another")
    (written,) = load_for(at, moscow, brussels)
    assert written.name == "moscow_common_notify_000000000000001.frame"


def test_a_second_stick_brings_all_again_where_no_receipt_came_back(centres: tuple[Any, Any], tmp_path: Path) -> None:
    moscow, brussels = centres
    for name in ("first", "second"):
        load_for(tmp_path / name, moscow, brussels)
    assert len(take(tmp_path / "second", brussels, moscow).accepted) == 3
    late = take(tmp_path / "first", brussels, moscow)
    assert (late.accepted, late.refused) == ((), ())
    there_and_back(tmp_path / "first", brussels, moscow)
    assert collect(tmp_path / "second", moscow, brussels).refused == (), "old receipts are still true"


@pytest.mark.parametrize("cut", [0, 3, 40, 300, -1])
def test_a_truncated_file_costs_that_file_and_comes_again(centres: tuple[Any, Any], tmp_path: Path, cut: int) -> None:
    moscow, brussels = centres
    at = tmp_path / "stick"
    hurt = next(path for path in load_for(at, moscow, brussels) if "notify" in path.name)
    hurt.write_bytes(hurt.read_bytes()[:cut])
    taken = take(at, brussels, moscow)
    assert [name for name, _ in taken.refused] == [hurt.name]
    assert {found.log.klass for found in taken.accepted} == {"roster", "plot"}
    there_and_back(at, moscow, brussels)
    assert held(moscow, brussels)


def test_files_that_are_no_files_are_named_and_never_opened(centres: tuple[Any, Any], tmp_path: Path) -> None:
    moscow, brussels = centres
    at = tmp_path / "stick"
    box = load_for(at, moscow, brussels)[0].parent
    os.mkfifo(box / "pipe.frame")
    (box / "folder.frame").mkdir()
    (box / "link.frame").symlink_to(tmp_path / "moscow.db")
    with (box / "huge.frame").open("wb") as file:
        file.truncate(1 << 40)
    (box / ".left.frame.part").write_bytes(b"JWF1")
    (box / "readme.txt").write_text("hello")
    taken = take(at, brussels, moscow)
    assert {name for name, _ in taken.refused} == {"pipe.frame", "folder.frame", "link.frame", "huge.frame"}
    assert {refusal.rule for _, refusal in taken.refused} == {stick.RULE}
    assert len(taken.accepted) == 3


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_stick_that_leads_elsewhere_is_refused_and_nothing_there_is_touched(
    centres: tuple[Any, Any], tmp_path: Path, depth: int
) -> None:
    """A folder of it may be a link, and files would be written and old ones removed where that leads."""
    moscow, brussels = centres
    at, box = tmp_path / "stick", tmp_path / "stick" / RUN / "moscow" / "brussels"
    link = (box.parents[1], box.parent, box)[depth]
    kept = tmp_path / "elsewhere" / box.relative_to(link) / "kept.frame"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"of somebody")
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="is a link to somewhere else"):
        load_for(at, moscow, brussels)
    assert [path for path in (tmp_path / "elsewhere").rglob("*") if path.is_file()] == [kept]


def test_names_of_files_mean_nothing(centres: tuple[Any, Any], tmp_path: Path) -> None:
    moscow, brussels = centres
    at = tmp_path / "stick"
    for number, path in enumerate(reversed(load_for(at, moscow, brussels))):
        path.rename(path.with_name(f"{number} (copy).frame"))
    assert take(at, brussels, moscow).refused == ()
    assert held(moscow, brussels)


def test_a_receipt_that_is_altered_of_another_run_or_by_nobody_is_refused_by_name(
    centres: tuple[Any, Any], tmp_path: Path
) -> None:
    moscow, brussels = centres
    at = tmp_path / "stick"
    there_and_back(at, moscow, brussels)
    box = stick.folder(at, RUN, "brussels", "moscow")
    good = (box / "moscow_common_notify.receipt").read_bytes()
    (box / "a.receipt").write_bytes(good.replace(b"rehearsal-1", b"rehearsal-2"))
    (box / "b.receipt").write_bytes(good[:-8] + b"AAAAAA=\n")
    (box / "c.receipt").write_bytes(b"")
    (box / "d.receipt").write_bytes(moscow.store.checkpoint(moscow.log("moscow", "record")))
    found = collect(at, moscow, brussels)
    assert [name for name, _ in found.refused] == ["a.receipt", "b.receipt", "c.receipt", "d.receipt"]
    assert len(found.receipts) == 3


def test_a_full_stick_says_so_and_what_fitted_is_good(
    centres: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moscow, brussels = centres
    room = 2

    def flush(handle: int, real: Any = os.fsync) -> None:
        nonlocal room
        if not os.path.isdir(f"/proc/self/fd/{handle}"):
            room -= 1
        if room < 0:
            raise OSError(28, "No space left on device")
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", flush)
        with pytest.raises(OSError, match="No space left"):
            load_for(tmp_path / "stick", moscow, brussels)
    assert not list((tmp_path / "stick").rglob("*.part")), "nothing half written is left"
    assert len(take(tmp_path / "stick", brussels, moscow).accepted) == 2


def test_a_stranger_and_a_name_that_leads_out_of_the_stick_are_refused(
    centres: tuple[Any, Any], tmp_path: Path
) -> None:
    _, brussels = centres
    with pytest.raises(Refused, match="paris is no partner"):
        stick.take_in(tmp_path, brussels.mirror, "paris")
    with pytest.raises(Refused, match=r"'\.\.' is not a word"):
        stick.folder(tmp_path, RUN, "moscow", "..")
    with pytest.raises(Refused, match="is not a run's id"):
        stick.folder(tmp_path, "../..", "moscow", "brussels")


def test_a_desk_that_answers_nothing_and_promises_more_is_not_asked_for_ever(tmp_path: Path) -> None:
    class Promising:
        centre = "moscow"

        def pull(self, peer: str, positions: object, *, max_bytes: int = 0, without: object = ()) -> Answer:
            return Answer(1, [], {}, more=True)

        def cosign(self, peer: str, notes: object) -> None: ...

        def listen(self, heard: object) -> None: ...

    assert stick.load(tmp_path, Promising(), "brussels", {}, run=RUN) == ()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["say", "load", "take", "collect", "damage", "lose"]),
        st.booleans(),  # which way
        st.integers(0, 2),  # which stick
        st.integers(0, 1 << 16),  # where the damage is
    ),
    max_size=25,
)


@settings(max_examples=25)
@given(STEPS)
def test_any_traffic_of_sticks_ends_with_equal_logs_and_no_false_alarm(steps: list[tuple[str, bool, int, int]]) -> None:
    """Sticks are written, read, damaged and lost in any order; then one makes the way undamaged."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        moscow, brussels = world.two_centres(folder)
        for step, way, number, place in steps:
            one, other = (moscow, brussels) if way else (brussels, moscow)
            at = folder / f"stick{number}"
            if step == "say":
                one.say(("common", other.name)[place % 2], ("notify", "plot")[place % 3 % 2], f"{place}")
            elif step == "load":
                load_for(at, one, other)
            elif step == "take":
                take(at, one, other)
            elif step == "collect":
                collect(at, one, other)
            elif step == "damage":
                damage(at, place)
            else:
                shutil.rmtree(at, ignore_errors=True)
        there_and_back(folder / "last", moscow, brussels)
        assert held(moscow, brussels)
        assert held(brussels, moscow)
        assert load_for(folder / "last", moscow, brussels) == ()
        assert not moscow.mirror.frozen | brussels.mirror.frozen
        moscow.close()
        brussels.close()


def damage(at: Path, place: int) -> None:
    """Flip one bit of one file."""
    files = sorted(path for path in at.rglob("*") if path.is_file())
    if files:
        path = files[place % len(files)]
        data = bytearray(path.read_bytes())
        data[place % len(data)] ^= 1 << place % 8
        path.write_bytes(data)
