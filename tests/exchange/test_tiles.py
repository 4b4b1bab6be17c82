"""Log directories: the published one byte for byte, and any alteration found and named."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, tiles
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.tiles import DirectoryRefused, read_log_directory, write_log_directory

TESSERA = Path(__file__).parents[2].parent / "shared" / "data" / "log" / "tlog_tiles"
KEY = SigningKey(b"\1" * 32)
ORIGIN = "jointwatch/run-1/moscow/common/notify"


def checkpoint_of(entries: list[bytes], size: int | None = None) -> bytes:
    edge, _ = merkle.CompactRange().extend(merkle.leaf_hash(entry) for entry in entries)
    return checkpoints.signed(Checkpoint(ORIGIN, len(entries) if size is None else size, edge.root()), KEY)


def written(path: Path, count: int) -> list[bytes]:
    rng = random.Random(count)
    entries = [rng.randbytes(rng.randint(1, 20)) for _ in range(count)]
    write_log_directory(path, entries, checkpoint_of(entries))
    return entries


def files(path: Path) -> dict[str, bytes]:
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}


@pytest.mark.skipif(not TESSERA.is_dir(), reason=f"the public log is not at {TESSERA}")
def test_a_published_log_is_written_byte_for_byte_at_every_size(tmp_path: Path):
    entries, rest = [], (TESSERA / "tile" / "entries" / "000.p" / "15").read_bytes()
    while rest:
        end = 2 + int.from_bytes(rest[:2], "big")
        entries.append(rest[2:end])
        rest = rest[end:]
    for size in range(16):
        write_log_directory(tmp_path / str(size), entries[:size], (TESSERA / f"checkpoint.{size}").read_bytes())
        ours = files(tmp_path / str(size))
        assert ours.pop("checkpoint") == (TESSERA / f"checkpoint.{size}").read_bytes()
        assert set(ours) == ({f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"} if size else set())
        for name, data in ours.items():
            assert data == (TESSERA / name).read_bytes()
        assert read_log_directory(tmp_path / str(size))[0] == entries[:size]


def test_the_specifications_example_of_names():
    names = list(tiles.file_names(70_000))
    by_level = {level: [n for n in names if n.startswith(f"tile/{level}/")] for level in ("entries", "0", "1", "2")}
    assert {level: len(found) for level, found in by_level.items()} == {"entries": 274, "0": 274, "1": 2, "2": 1}
    assert by_level["0"][-1] == "tile/0/273.p/112"
    assert by_level["1"] == ["tile/1/000", "tile/1/001.p/17"]
    assert by_level["2"] == ["tile/2/000.p/1"]
    assert list(tiles.file_names(256)) == ["checkpoint", "tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert tiles.tile_name(0, 1_000) == "tile/0/x001/000"
    assert tiles.tile_name("entries", 1_234_067) == "tile/entries/x001/x234/067"


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 511, 513, 66_000])
def test_a_directory_is_read_back_and_has_exactly_its_files(tmp_path: Path, count: int):
    entries = written(tmp_path / "log", count)
    assert read_log_directory(tmp_path / "log") == (entries, checkpoint_of(entries))
    assert set(files(tmp_path / "log")) == set(tiles.file_names(count))
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_hashes_in_the_upper_tiles_are_the_trees(tmp_path: Path):
    entries = written(tmp_path / "log", 600)
    node = merkle.tree_of([merkle.leaf_hash(entry) for entry in entries])
    assert (tmp_path / "log/tile/1/000.p/2").read_bytes() == node(8, 0) + node(8, 1)
    assert (tmp_path / "log/tile/0/002.p/88").read_bytes()[-32:] == node(0, 599)


def test_every_byte_of_every_file_counts(tmp_path: Path):
    written(tmp_path / "log", 3)
    for name, data in files(tmp_path / "log").items():
        for at in range(len(data)):
            for mask in (1, 0x80):
                changed = data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]
                (tmp_path / "log" / name).write_bytes(changed)
                assert named_by(tmp_path / "log") == name
        (tmp_path / "log" / name).write_bytes(data)


def named_by(path: Path) -> str:
    """The file that is found to be altered, by the directory's check or, for the checkpoint, by its signature."""
    try:
        _, note = read_log_directory(path)
        checkpoints.opened(note, ORIGIN, KEY.public)
    except DirectoryRefused as error:
        return error.file
    except Refused:
        return "checkpoint"
    return "none"


@pytest.mark.parametrize("count", [5, 256, 700])
def test_any_missing_truncated_or_lengthened_file_is_named(tmp_path: Path, count: int):
    written(tmp_path / "log", count)
    for name, data in files(tmp_path / "log").items():
        file = tmp_path / "log" / name
        for body in (data[:-1], b"", data + b"\0"):
            file.write_bytes(body)
            with pytest.raises(DirectoryRefused) as caught:
                read_log_directory(tmp_path / "log")
            assert caught.value.file == name
        file.unlink()
        with pytest.raises(DirectoryRefused) as caught:
            read_log_directory(tmp_path / "log")
        if file.parent != tmp_path / "log" and not any(file.parent.iterdir()):
            assert caught.value.file in (name, file.parent.relative_to(tmp_path / "log").as_posix())
        else:
            assert caught.value.file == name
        file.write_bytes(data)


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "tile/0/000.p/4", "tile/0/001", "tile/1/000.p/1", "tile/entries/000", "tile/0/.hidden", ".state/x"],
)
def test_an_added_file_is_named(tmp_path: Path, name: str):
    written(tmp_path / "log", 5)
    file = tmp_path / "log" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\0\1x")
    with pytest.raises(DirectoryRefused, match="does not belong here") as caught:
        read_log_directory(tmp_path / "log")
    assert caught.value.file == name


def test_an_empty_folder_and_what_is_no_plain_file_are_named(tmp_path: Path):
    written(tmp_path / "log", 5)
    (tmp_path / "log/tile/7").mkdir()
    with pytest.raises(DirectoryRefused, match="tile/7: is an empty folder"):
        read_log_directory(tmp_path / "log")
    (tmp_path / "log/tile/7").rmdir()
    shutil.copytree(tmp_path / "log", tmp_path / "linked")
    bundle = tmp_path / "linked/tile/entries/000.p/5"
    bundle.unlink()
    bundle.symlink_to(tmp_path / "log/tile/entries/000.p/5")
    with pytest.raises(DirectoryRefused, match=r"tile/entries/000\.p/5: is not a plain file"):
        read_log_directory(tmp_path / "linked")
    (tmp_path / "log/tile/more").symlink_to(tmp_path / "linked")
    with pytest.raises(DirectoryRefused, match="tile/more: is not a plain file"):
        read_log_directory(tmp_path / "log")
    (tmp_path / "log/tile/more").unlink()
    os.mkfifo(tmp_path / "log/tile/0/pipe")
    with pytest.raises(DirectoryRefused, match="tile/0/pipe: is not a plain file"):
        read_log_directory(tmp_path / "log")


def test_a_folder_that_is_no_log_says_what_is_missing(tmp_path: Path):
    with pytest.raises(DirectoryRefused, match="checkpoint: is missing"):
        read_log_directory(tmp_path / "nowhere")


def test_a_checkpoint_of_another_size_is_what_is_named_not_the_files(tmp_path: Path):
    entries = written(tmp_path / "log", 5)
    (tmp_path / "log/checkpoint").write_bytes(checkpoint_of(entries, 6))
    with pytest.raises(DirectoryRefused, match="checkpoint: says 6 entries, but the files are those of a log of 5"):
        read_log_directory(tmp_path / "log")


def test_entries_and_tiles_rewritten_together_do_not_fit_the_checkpoint(tmp_path: Path):
    entries = written(tmp_path / "log", 5)
    entries[2] = b"another"
    write_log_directory(tmp_path / "forged", entries, checkpoint_of(entries))
    shutil.copy(tmp_path / "log/checkpoint", tmp_path / "forged/checkpoint")
    with pytest.raises(DirectoryRefused, match="its root is not that of the entries and tiles"):
        read_log_directory(tmp_path / "forged")


def test_only_a_log_that_fits_its_checkpoint_is_written_and_never_over_another(tmp_path: Path):
    entries = [b"a", b"b"]
    with pytest.raises(Refused, match="is not of these 1 entries"):
        write_log_directory(tmp_path / "log", entries[:1], checkpoint_of(entries))
    assert list(tmp_path.iterdir()) == []
    write_log_directory(tmp_path / "log", entries, checkpoint_of(entries))
    with pytest.raises(FileExistsError, match="new directory"):
        write_log_directory(tmp_path / "log", entries, checkpoint_of(entries))
