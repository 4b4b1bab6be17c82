"""Verification of a run directory: what is altered is named, whoever altered it and however much they could re-sign."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, note, run_directory, tiles
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import write_logs
from jointwatch.exchange.verify.run import verify_run
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.incident import Incident
from tests.exchange import two_centres as world
from tests.exchange.second import directories


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    run, centres = world.finished_run(tmp_path_factory.mktemp("finished"))
    return run, centres


@pytest.fixture
def run(finished: tuple[Path, list[Any]], tmp_path: Path) -> Path:
    """A copy to attack, in another place than where it was made."""
    return Path(shutil.copytree(finished[0], tmp_path / "elsewhere" / "copy"))


def all_files(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def faults(directory: Path, **trust: Any) -> dict[str, str]:
    return {fault.file: fault.why for fault in verify_run(directory, **trust).faults}


def test_a_whole_run_is_consistent_and_with_its_fingerprints_verified(
    run: Path, finished: tuple[Path, list[Any]]
) -> None:
    report = verify_run(run)
    assert (report.faults, report.verdict) == ((), "consistent, identity not checked")
    assert report.identities == world.trust_of(finished[1])
    assert (report.run, report.mode, report.statement_by) == ("rehearsal-1", "exercise", ("brussels", "moscow"))
    assert report.covers == "35 of 35 files of the run, and the log that lists them"
    cosigned = {str(seen.log): seen.cosigned_by for seen in report.logs}
    assert cosigned["moscow/common/manifest"] == cosigned["moscow/brussels/plot"] == ("brussels",)
    assert cosigned["moscow/moscow/record"] == ()
    trusted = verify_run(run, world.trust_of(finished[1]))
    assert (trusted.ok, trusted.verdict) == (True, "verified, identities as pinned")


def test_one_flipped_bit_in_any_file_is_found_and_that_file_alone_is_named(run: Path) -> None:
    """Every file, at its first, middle and last byte, in the lowest and a higher bit."""
    for name in all_files(run):
        data = (run / name).read_bytes()
        for at, bit in ((0, 0), (len(data) // 2, 3), (len(data) - 1, 1)):
            altered = bytearray(data)
            altered[at] ^= 1 << bit
            (run / name).write_bytes(altered)
            assert list(faults(run)) == [name], (name, at)
        (run / name).write_bytes(data)
    assert verify_run(run).ok


def test_every_byte_of_the_log_that_holds_the_manifest_counts(run: Path) -> None:
    """No hash covers these files; signatures and the one form of each do."""
    folder = "logs/moscow/common/manifest"
    for name in [name for name in all_files(run) if name.startswith(folder)]:
        data = (run / name).read_bytes()
        step = max(1, len(data) // 40)
        for at in range(0, len(data), step):
            altered = bytearray(data)
            altered[at] ^= 1 << (at % 7)
            (run / name).write_bytes(altered)
            assert name in faults(run), (name, at)
        (run / name).write_bytes(data)


@pytest.mark.parametrize("cut", [lambda data: data[:-1], lambda data: b"", lambda data: data + b"\n"])
def test_truncated_emptied_and_lengthened_files_are_named(run: Path, cut: Callable[[bytes], bytes]) -> None:
    for name in all_files(run):
        data = (run / name).read_bytes()
        (run / name).write_bytes(cut(data))
        assert list(faults(run)) == [name]
        (run / name).write_bytes(data)


def test_a_missing_file_is_named(run: Path) -> None:
    for name in all_files(run):
        data = (run / name).read_bytes()
        (run / name).unlink()
        assert list(faults(run)) == [name]
        (run / name).write_bytes(data)


def test_a_missing_log_is_named_file_by_file(run: Path) -> None:
    gone = [name for name in all_files(run) if name.startswith("logs/moscow/moscow/record/")]
    shutil.rmtree(run / "logs/moscow/moscow")
    assert list(faults(run)) == gone
    assert set(faults(run).values()) == {"is missing; the manifest lists it"}


def test_without_the_log_of_the_manifest_nothing_is_believed(run: Path) -> None:
    shutil.rmtree(run / "logs/moscow/common/manifest")
    assert "nothing lists the files" in " ".join(faults(run).values())
    assert not verify_run(run).ok


@pytest.mark.parametrize(
    "extra",
    [
        "note.txt",
        "logs/readme",
        "logs/moscow/common/assess/tile/0/001",
        "logs/moscow/common/manifest/draft",
        "logs/moscow/common/extra/checkpoint",
        ".hidden",
        "logs/moscow/common/assess/.checkpoint",
    ],
)
def test_a_file_that_does_not_belong_is_named(run: Path, extra: str) -> None:
    (run / extra).parent.mkdir(parents=True, exist_ok=True)
    (run / extra).write_bytes(b"added")
    assert extra in faults(run)


def test_links_and_empty_folders_are_named(run: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes((run / "run.json").read_bytes())
    (run / "run.json").unlink()
    (run / "run.json").symlink_to(tmp_path / "outside")
    (run / "logs/moscow/empty").mkdir()
    found = faults(run)
    assert found["run.json"] == "is neither a file nor a folder"
    assert found["logs/moscow/empty"] == "is an empty folder"


def test_two_files_that_were_swapped_are_both_named(run: Path) -> None:
    (run / "run.json").rename(run / "swap")
    (run / "events.jsonl").rename(run / "run.json")
    (run / "swap").rename(run / "events.jsonl")
    assert list(faults(run)) == ["events.jsonl", "run.json"]


# Whoever holds keys


def test_a_wholly_re_signed_run_is_consistent_and_fails_under_trust(
    finished: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    (tmp_path / "forged").mkdir()
    forged, _ = world.finished_run(tmp_path / "forged")
    trust = world.trust_of(finished[1])
    assert verify_run(forged).verdict == "consistent, identity not checked"
    report = verify_run(forged, trust)
    assert not report.ok
    assert [fault.file for fault in report.faults] == [
        "logs/brussels/common/roster/checkpoint",
        "logs/moscow/common/roster/checkpoint",
    ]
    assert trust["brussels"] in report.faults[0].why


def test_a_centre_that_the_trust_file_does_not_name_is_not_trusted(run: Path, finished: tuple[Path, list[Any]]) -> None:
    trust = world.trust_of(finished[1])
    del trust["brussels"]
    assert "does not name brussels" in faults(run, trust=trust)["logs/brussels/common/roster/checkpoint"]


def rewritten(run: Path, centre: Any, log: LogId, entries: list[bytes]) -> None:
    """One centre alone rewrites its log, with its own good keys, and has no partner's cosignature for it."""
    leaves = [tiles.merkle.leaf_hash(entry) for entry in entries]
    edge, _ = tiles.merkle.CompactRange().extend(leaves)
    claimed = checkpoints.Checkpoint(log.origin(centre.run), edge.size, edge.root())
    folder = run / run_directory.log_folder(log)
    shutil.rmtree(folder)
    tiles.write_log_directory(folder, entries, checkpoints.signed(claimed, centre.log_key))


def test_a_centre_alone_cannot_rewrite_its_log(run: Path, finished: tuple[Path, list[Any]]) -> None:
    moscow = finished[1][0]
    log = LogId("moscow", "common", "notify")
    entries = [moscow.entry(Heartbeat, log, number=k) for k in range(3)]
    rewritten(run, moscow, log, entries)
    found = faults(run)
    assert found["logs/moscow/common/notify/checkpoint"] == "brussels did not cosign it"
    assert "the manifest says" in found["logs/moscow/common/notify/tile/entries/000.p/3"]


def test_a_centre_alone_cannot_rewrite_the_manifest(run: Path, finished: tuple[Path, list[Any]]) -> None:
    moscow = finished[1][0]
    (run / "run.json").write_text("{}")
    log = LogId("moscow", "common", "manifest")
    entry = moscow.entry(world.Manifest, log, files=run_directory.digests(run))
    rewritten(run, moscow, log, [entry])
    assert faults(run) == {"logs/moscow/common/manifest/checkpoint": "brussels did not cosign it"}


def test_a_strangers_line_beneath_a_checkpoint_is_named(run: Path) -> None:
    path = run / "logs/moscow/common/manifest/checkpoint"
    line = checkpoints.cosign(path.read_bytes(), "jointwatch/rehearsal-1/ankara", SigningKey.generate(), 1)
    path.write_bytes(checkpoints.with_signature(path.read_bytes(), line))
    found = faults(run)["logs/moscow/common/manifest/checkpoint"]
    assert "not the owner's, then each cosigner's" in found or "who is no centre here" in found


def test_a_forged_cosignature_is_named(run: Path) -> None:
    path = run / "logs/moscow/common/manifest/checkpoint"
    parsed = note.parse(path.read_bytes())
    line = checkpoints.cosign(path.read_bytes(), "jointwatch/rehearsal-1/brussels", SigningKey.generate(), 1)
    path.write_bytes(note.Note(parsed.text, (parsed.signatures[0], line)).encode())
    assert list(faults(run)) == ["logs/moscow/common/manifest/checkpoint"]


def signed_by(run: Path, *keys: SigningKey) -> bytes:
    payload = dsse.parse_json((run / "statement.json").read_bytes()).payload
    return dsse.sign(PAYLOAD_TYPE, payload, keys).to_json()


@pytest.mark.parametrize("who", ["one centre", "a stranger too", "a log key", "twice one centre"])
def test_a_statement_needs_one_signature_of_each_centre_and_no_other(tmp_path: Path, who: str) -> None:
    centres = world.two_centres(tmp_path)
    world.rehearse(centres)
    moscow, brussels = centres
    honest = dsse.parse_json(world.statement_of(centres))
    keys = {
        "one centre": [moscow.desk_key],
        "a stranger too": [moscow.desk_key, brussels.desk_key, SigningKey.generate()],
        "a log key": [moscow.desk_key, brussels.log_key],
        "twice one centre": [moscow.desk_key, moscow.log_key],
    }[who]
    statement = dsse.sign(PAYLOAD_TYPE, honest.payload, keys).to_json()
    directory = world.write_run(tmp_path / "run", centres, statement=statement)
    found = faults(directory)
    assert list(found) == ["statement.json"]
    assert "did not sign it" in found["statement.json"] or "carries 3 signatures" in found["statement.json"]
    for centre in centres:
        centre.close()


def test_a_statement_that_rests_on_other_findings_than_the_logs_hold_is_named(tmp_path: Path) -> None:
    centres = world.two_centres(tmp_path)
    world.rehearse(centres)
    payload = decode(dsse.parse_json(world.statement_of(centres)).payload)
    reference = payload.findings[0]
    other = world.replaced(reference, leaf_hash=bytes(32))
    altered = world.replaced(payload, findings=(other, *payload.findings[1:]))
    statement = dsse.sign(PAYLOAD_TYPE, encode(altered), [centre.desk_key for centre in centres]).to_json()
    found = faults(world.write_run(tmp_path / "run", centres, statement=statement))
    assert "rests on entry 0" in found["statement.json"]
    for centre in centres:
        centre.close()


def test_a_centre_that_was_lost_need_not_have_cosigned_and_is_reported_absent(tmp_path: Path) -> None:
    """Brussels' process dies; Moscow goes on, speaks, and closes the run with a statement of its own."""
    centres = world.two_centres(tmp_path)
    moscow = centres[0]
    world.rehearse(centres)
    moscow.say("common", "notify", "brussels does not answer")
    statement = world.statement_of([moscow], absent=["brussels"])
    directory = tmp_path / "run"
    directory.mkdir()
    (directory / "statement.json").write_bytes(statement)
    kept = [log for log in moscow.store.logs() if log.owner == "brussels"]
    write_logs(moscow.store, directory, [log for log in moscow.store.logs() if log not in kept])
    write_logs(moscow.store, directory, kept)  # from the replica
    log = moscow.log("common", "manifest")
    moscow.store.append({log: [moscow.entry(world.Manifest, log, files=run_directory.digests(directory))]})
    write_logs(moscow.store, directory, [log])
    report = verify_run(directory, world.trust_of(centres))
    assert report.ok, report.faults
    assert (report.statement_by, report.absent) == (("moscow",), ("brussels",))
    cosigned = {str(seen.log): seen.cosigned for seen in report.logs}
    assert cosigned["moscow/common/notify"] == {"brussels": 3}, "the last checkpoint that it lived to cosign is kept"
    assert cosigned["brussels/common/notify"] == {"moscow": 3}
    directories.check_run(directory)
    for centre in centres:
        centre.close()


def test_the_same_without_calling_it_absent_is_named(tmp_path: Path) -> None:
    moscow, brussels = centres = world.two_centres(tmp_path)
    world.rehearse(centres)
    moscow.say("common", "notify", "not yet cosigned")
    directory = tmp_path / "run"
    directory.mkdir()
    (directory / "statement.json").write_bytes(world.statement_of(centres))
    for centre in centres:
        own = [log for log in centre.store.logs() if log.owner == centre.name]
        write_logs(centre.store, directory, own)
    world.log_manifest(directory, centres)
    write_logs(moscow.store, directory, [moscow.log("common", "manifest")])
    assert faults(directory) == {"logs/moscow/common/notify/checkpoint": "brussels did not cosign it"}
    moscow.close(), brussels.close()


def one_log_more(tmp_path: Path, entries: Callable[[Any, LogId], list[bytes]]) -> dict[str, str]:
    """The faults of a run in which Moscow's own, good log key covers these entries of an internal log."""
    moscow, brussels = centres = world.two_centres(tmp_path)
    world.rehearse(centres)
    log = moscow.log("moscow", "odd")
    moscow.store.append({log: entries(moscow, log)})
    directory = world.write_run(tmp_path / "run", centres)
    moscow.close(), brussels.close()
    return faults(directory)


def test_an_id_that_stands_twice_is_named(tmp_path: Path) -> None:
    found = one_log_more(tmp_path, lambda moscow, log: 2 * [moscow.entry(Heartbeat, log, number=1)])
    assert "entry 1 of moscow/moscow/odd has the id" in found["logs/moscow/moscow/odd/tile/entries/000.p/2"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("mode", "operational"), ("run", "another"), ("origin", "brussels"), ("log", "moscow/common/notify")],
)
def test_an_entry_that_belongs_elsewhere_is_named(tmp_path: Path, field: str, value: str) -> None:
    found = one_log_more(
        tmp_path, lambda moscow, log: [moscow.entry(Incident, log, about="info", text="astray", **{field: value})]
    )
    assert list(found) == ["logs/moscow/moscow/odd/tile/entries/000.p/1"]
    assert value in found["logs/moscow/moscow/odd/tile/entries/000.p/1"]


def test_an_entry_by_a_strangers_key_is_named(tmp_path: Path) -> None:
    found = one_log_more(
        tmp_path, lambda moscow, log: [moscow.entry(Heartbeat, log, number=1, by=SigningKey.generate())]
    )
    assert "entry 0: none of the 1 known keys signed this" in found["logs/moscow/moscow/odd/tile/entries/000.p/1"]


def test_an_entry_that_is_no_message_is_named(tmp_path: Path) -> None:
    for number, data in enumerate((b"\xc1", b"{}", b"\x93\x01\x02\x03")):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = one_log_more(folder, lambda moscow, log, data=data: [data])
        assert list(found) == ["logs/moscow/moscow/odd/tile/entries/000.p/1"]


def test_a_manifest_in_parts_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_directory, "MAX_FILES", 10)
    directory, _ = world.finished_run(tmp_path)
    report = verify_run(directory)
    assert report.ok, report.faults
    assert report.covers.startswith("35 of 35 files")
    assert {seen.entries for seen in report.logs if seen.log.klass == "manifest"} == {4}


def test_three_centres_cosign_for_each_other(tmp_path: Path) -> None:
    centres = world.two_centres(tmp_path, ("moscow", "brussels", "ankara"))
    world.rehearse(centres)
    directory = world.write_run(tmp_path / "run", centres)
    report = verify_run(directory, world.trust_of(centres))
    assert report.ok, report.faults
    cosigned = {str(seen.log): seen.cosigned_by for seen in report.logs}
    assert cosigned["moscow/common/manifest"] == ("ankara", "brussels")
    assert cosigned["moscow/brussels/plot"] == ("brussels",)
    for centre in centres:
        centre.close()


# Whatever stands there


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_damage_never_passes_and_never_crashes(run: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(all_files(run)))
    original = (run / name).read_bytes()
    noise = data.draw(st.binary(max_size=200))
    at = data.draw(st.integers(0, len(original)))
    damaged = original[:at] + noise + original[at + data.draw(st.integers(0, 50)) :]
    (run / name).write_bytes(damaged)
    assert verify_run(run).ok == (damaged == original)
    (run / name).write_bytes(original)


def test_an_empty_folder_and_a_file_are_no_run(tmp_path: Path) -> None:
    assert not verify_run(tmp_path).ok
    with pytest.raises(NotADirectoryError, match="give a run directory"):
        verify_run(tmp_path / "nothing")


def test_the_hashes_of_the_manifest_are_those_of_sha256sum(run: Path) -> None:
    """An independent reading of the record: JSON view of the entry, hashlib over the files, nothing of ours between."""
    import msgspec

    bundle = (run / "logs/moscow/common/manifest/tile/entries/000.p/1").read_bytes()
    envelope = msgspec.msgpack.decode(bundle[2:])
    manifest = msgspec.msgpack.decode(envelope["payload"])
    assert manifest["kind"] == "manifest"
    for file in manifest["files"]:
        assert hashlib.sha256((run / file["path"]).read_bytes()).digest() == file["sha256"]
    assert json.loads((run / "statement.json").read_text())["payloadType"] == PAYLOAD_TYPE


def test_digests_refuse_what_no_manifest_can_list(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/null")
    with pytest.raises(Refused, match="link is neither a file nor a folder"):
        run_directory.digests(tmp_path)


def test_several_processes_find_in_a_run_what_one_does_and_say_how_far_they_are(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jointwatch.exchange.verify.logs._PROCESSES_FROM", 1)
    told: list[tuple[str, int, int]] = []
    report = verify_run(run, processes=2, progress=lambda *step: told.append(step))
    assert report == verify_run(run, processes=1)
    assert report.ok
    total = sum(seen.entries for seen in report.logs)
    assert ("moscow/moscow/record", total, total) in told
    assert [done for what, done, _ in told if "/" in what] == sorted(done for what, done, _ in told if "/" in what)
    (path,) = (run / "logs/moscow/common/notify/tile/entries").rglob("3")
    held = path.read_bytes()
    path.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    assert verify_run(run, processes=2).faults == verify_run(run, processes=1).faults != ()
