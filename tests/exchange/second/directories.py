"""Section 11: the directory of a log, and of a run with everything in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from . import notes, policies, shards, trees
from .keys import Keys
from .messages import PAYLOAD_TYPE, envelope, envelope_of_json, message
from .wrong import need

WIDTH = 256


class Log(NamedTuple):
    name: str
    entries: list[bytes]
    checkpoint: notes.Checkpoint

    @property
    def owner(self) -> str:
        return self.name.split("/")[0]


def log(folder: Path, name: str) -> Log:
    """The log in a folder that is exactly the one its checkpoint describes; no signature is looked at."""
    files = {path.relative_to(folder).as_posix(): path for path in plain_files(folder)}
    need("checkpoint" in files, 11, "no checkpoint")
    found = notes.checkpoint(files["checkpoint"].read_bytes())
    need(found.size <= WIDTH * len(files), 11, "files are missing")
    entries: list[bytes] = []
    for tile, width in tiles("entries", found.size):
        need(tile in files, 11, f"{tile} is missing")
        entries += bundle(files[tile].read_bytes(), width)
    wanted = dict(hash_tiles([trees.leaf(entry) for entry in entries]))
    bundles = {tile for tile, _ in tiles("entries", found.size)}
    need(set(files) == {"checkpoint"} | bundles | set(wanted), 11, "not the files of a log of that size")
    need(all(files[tile].read_bytes() == data for tile, data in wanted.items()), 11, "a tile was changed")
    need(trees.root([trees.leaf(entry) for entry in entries]) == found.root, 11, "the root is another")
    return Log(name, entries, found)


def plain_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        need(not path.is_symlink() and (path.is_dir() or path.is_file()), 11, f"{path.name} is no plain file")
        need(not path.is_dir() or any(path.iterdir()), 11, f"{path.name} is an empty folder")
        yield from plain_files(path) if path.is_dir() else [path]


def tiles(level: int | str, count: int) -> Iterator[tuple[str, int]]:
    """Name and width of the tiles for so many hashes or entries."""
    for n in range(-(-count // WIDTH)):
        digits = str(n).zfill(-(-len(str(n)) // 3) * 3)
        groups = [digits[k : k + 3] for k in range(0, len(digits), 3)]
        width = min(WIDTH, count - n * WIDTH)
        path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        yield f"tile/{level}/{path}" + (f".p/{width}" if width < WIDTH else ""), width


def bundle(data: bytes, count: int) -> list[bytes]:
    entries = []
    for _ in range(count):
        length = int.from_bytes(data[:2], "big")
        need(0 < length <= len(data) - 2, 11, "an entry bundle is cut")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    need(not data, 11, "bytes behind the last entry of a bundle")
    return entries


def hash_tiles(hashes: list[bytes], level: int = 0) -> Iterator[tuple[str, bytes]]:
    for n, (name, width) in enumerate(tiles(level, len(hashes))):
        yield name, b"".join(hashes[n * WIDTH : n * WIDTH + width])
    if len(hashes) >= WIDTH:
        above = [trees.root(hashes[k : k + WIDTH]) for k in range(0, len(hashes) - WIDTH + 1, WIDTH)]
        yield from hash_tiles(above, level + 1)


def check_run(folder: Path, trust: Mapping[str, str] | None = None) -> dict[str, Keys]:
    """The keys of the centres of a run that holds in every part; raise Wrong for one that does not."""
    files = {path.relative_to(folder).as_posix() for path in plain_files(folder)}
    names = {shards.name_of(path) for path in files if path.startswith("logs/")}
    logs = {name: log(folder / "logs" / name, name) for name in sorted(names)}
    keys = _learn(logs, trust)
    said = _open_all(logs, keys)
    shards.check(logs, said, keys)
    policies.check(logs, said)
    absent = _check_statement(folder, files, logs, keys)
    for one in logs.values():
        _check_lines(one, said[one.name], keys, absent)
    _check_cosigned(folder, files, logs, said, keys)
    _check_manifest(folder, files, said)
    return keys


def _learn(logs: Mapping[str, Log], trust: Mapping[str, str] | None) -> dict[str, Keys]:
    keys: dict[str, Keys] = {}
    for owner in sorted({one.owner for one in logs.values()}):
        need(f"{owner}/common/roster" in logs, 11, f"{owner} has no roster")
        need(trust is None or owner in trust, 11, f"{owner} is not pinned")
        rosters = logs[f"{owner}/common/roster"].entries
        need(bool(rosters), 11, f"{owner} has no roster")
        first = message(envelope(rosters[0]))
        run, mode = next(((k.run, k.mode) for k in keys.values()), (first["run"], first["mode"]))
        keys[owner] = Keys(owner, run, mode, trust[owner] if trust else None)
        for entry in rosters:
            keys[owner].learn(entry)
    return keys


def _open_all(logs: Mapping[str, Log], keys: Mapping[str, Keys]) -> dict[str, list[dict[str, Any]]]:
    said = {name: [keys[one.owner].open(entry, name) for entry in one.entries] for name, one in logs.items()}
    ids = [(one["origin"], one["id"]) for messages in said.values() for one in messages]
    need(len(set(ids)) == len(ids), 11, "an id stands twice")
    return said


def _check_lines(one: Log, said: list[dict[str, Any]], keys: Mapping[str, Keys], absent: set[str]) -> None:
    owner = keys[one.owner]
    tai_ns = (said or owner.rosters)[-1 if said else 0]["logged_tai_ns"]
    origin, found = f"jointwatch/{owner.run}/{one.name}", one.checkpoint
    key, second = owner.signer("log", tai_ns, lambda one: notes.by(found, origin, notes.LOG, one))
    notes.check_log_signature(found, origin, key)
    for other in second:
        notes.check_second_log_signature(found, origin, other)
    last = max(found.size - 1, 0)
    need(all(owner.holds(each, one.name, last) for each in (key, *second)), 4, "signed by a key outside of its bounds")
    names = [line.name for line in found.lines]
    own = 1 + len(second)
    need(names[:own] == [origin] * own and names[own:] == sorted(set(names[own:])), 11, "the lines are not in order")
    cosigned = {name.rpartition("/")[2] for name in names[own:]}
    for centre in cosigned:
        need(centre in keys and f"jointwatch/{owner.run}/{centre}" in names, 11, f"{centre} is no centre of this run")
        name = f"jointwatch/{owner.run}/{centre}"
        key, _ = keys[centre].signer("cosign", tai_ns, lambda one, name=name: notes.by(found, name, notes.COSIGN, one))
        notes.check_cosignature(found, name, key)
        need(keys[centre].holds(key, one.name, last), 4, f"{centre} cosigned with a key outside of its bounds")
    audience = one.name.split("/")[1]
    readers = set(keys) if audience == "common" else {audience} & set(keys)
    need(readers - absent - {one.owner} <= cosigned, 11, f"{one.name} lacks a cosignature")


def _check_cosigned(
    folder: Path,
    files: set[str],
    logs: Mapping[str, Log],
    said: Mapping[str, list[dict[str, Any]]],
    keys: Mapping[str, Keys],
) -> None:
    """How far a centre cosigned that did not cosign the end."""
    for path in (path for path in files if path.startswith("cosigned/")):
        name, _, centre = path.removeprefix("cosigned/").rpartition("/")
        need(name in logs and centre in keys, 11, f"{path} is of no log or centre that is here")
        one, found = logs[name], notes.checkpoint((folder / path).read_bytes())
        owner, audience = keys[one.owner], name.split("/")[1]
        need(centre != one.owner and audience in ("common", centre), 11, f"{centre} may not read {name}")
        cosigner = f"jointwatch/{owner.run}/{centre}"
        need(all(line.name != cosigner for line in one.checkpoint.lines), 11, f"{centre} cosigned all of {name}")
        need(0 < found.size < one.checkpoint.size, 11, f"{path} is not over a part of the log")
        tai_ns = said[name][found.size - 1]["logged_tai_ns"]
        origin = f"jointwatch/{owner.run}/{name}"
        key, second = owner.signer("log", tai_ns, lambda one, o=origin, f=found: notes.by(f, o, notes.LOG, one))
        notes.check_log_signature(found, origin, key)
        for other in second:
            notes.check_second_log_signature(found, origin, other)
        leaves = [trees.leaf(entry) for entry in one.entries[: found.size]]
        need(trees.root(leaves) == found.root, 11, f"{path} is of another history")
        own = 1 + len(second)
        need([line.name for line in found.lines] == [origin] * own + [cosigner], 11, f"{path} has other lines")
        key, _ = keys[centre].signer(
            "cosign", tai_ns, lambda one, c=cosigner, f=found: notes.by(f, c, notes.COSIGN, one)
        )
        notes.check_cosignature(found, cosigner, key)


def _check_statement(folder: Path, files: set[str], logs: Mapping[str, Log], keys: Mapping[str, Keys]) -> set[str]:
    """The centres that the statement calls absent."""
    if "statement.json" not in files:
        return set()
    found = envelope_of_json((folder / "statement.json").read_bytes())
    need(found.payload_type == PAYLOAD_TYPE, 11, "no statement")
    said = message(found)
    need(said["kind"] == "statement" and len(found.signatures) == len(said["centres"]), 11, "not one signature each")
    for centre in said["centres"]:
        need(centre in keys and (keys[centre].run, keys[centre].mode) == (said["run"], said["mode"]), 11, "another run")
        need(bool(keys[centre].desk(found, said["logged_tai_ns"])), 11, f"{centre} did not sign the statement")
    for one in said["findings"]:
        if one["log"] in logs:
            entries = logs[one["log"]].entries
            there = one["index"] < len(entries) and trees.leaf(entries[one["index"]]) == one["leaf_hash"]
            need(there, 11, "a finding is not what stands there")
    return set(said["absent"])


def _check_manifest(folder: Path, files: set[str], said: Mapping[str, list[dict[str, Any]]]) -> None:
    own = [name for name in said if name.endswith("/manifest")]
    need(len(own) == 1 and own[0].split("/")[1] == "common" and bool(said[own[0]]), 11, "not one manifest log")
    last = said[own[0]][-1]
    need(last["kind"] == "manifest", 11, "the manifest log ends with something else")
    parts = said[own[0]][-last["parts"] :]
    need(all(one["kind"] == "manifest" for one in parts), 11, "a part of the manifest is missing")
    numbers = [(one["part"], one["parts"]) for one in parts]
    need(numbers == [(k + 1, last["parts"]) for k in range(last["parts"])], 11, "the manifest's parts are not in order")
    listed = [file for one in parts for file in one["files"]]
    paths = [file["path"] for file in listed]
    need(paths == sorted(set(paths)), 11, "the manifest is not in order")
    wanted, label = _without_left_out(folder, files, set(paths), said, own[0])
    there = {path for path in files if not path.startswith(f"logs/{own[0]}/")} - label
    need(there == wanted, 11, f"missing or added: {sorted(there ^ wanted)[:3]}")
    for file in listed:
        if file["path"] in there:
            data = (folder / file["path"]).read_bytes()
            same = (len(data), sha256(data).digest()) == (file["size"], file["sha256"])
            need(same, 11, f"{file['path']} was changed")


def _without_left_out(
    folder: Path, files: set[str], paths: set[str], said: Mapping[str, list[dict[str, Any]]], manifest: str
) -> tuple[set[str], set[str]]:
    """The files that must be there, and the label of an export if this is one."""
    if "export.json" not in files or "export.json" in paths:
        return paths, set()
    label = json.loads((folder / "export.json").read_bytes())
    need(list(label) == ["v", "run", "audience", "left_out"] and label["v"] == 1, 11, "not a label")
    may = {"common", label["audience"]}
    wanted = {path for path in paths if path == "statement.json" or _readable(path, may)}
    need(label["run"] == said[manifest][-1]["run"] and label["left_out"] == sorted(paths - wanted), 11, "a false label")
    return wanted, {"export.json"}


def _readable(path: str, may: set[str]) -> bool:
    words = path.split("/")
    return words[0] in ("logs", "cosigned") and len(words) > 4 and words[2] in may and words[1] != words[2]
