"""Exports: the copy verifies on its own, and nothing that was withheld is in it."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jointwatch.exchange import dsse, tiles
from jointwatch.exchange.export import export_audience
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.verify.run import verify_run
from jointwatch.messages.encoding import decode
from jointwatch.messages.plot_report import PlotReport, Site
from tests.exchange import two_centres as world

# Values of one scan that stay at home; each is unlikely enough to be searched for as bytes.
RANGE_M, AZIMUTH_RAD, ELEVATION_RAD = 1_521_340.257_31, 2.217_384_6, 0.061_937_2


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """A run in which Moscow keeps a scan to itself and tells Ankara something it does not tell Brussels."""
    folder = tmp_path_factory.mktemp("export")
    centres = world.two_centres(folder, ("moscow", "brussels", "ankara"))
    moscow = centres[0]
    log = moscow.log("moscow", "record")
    site = Site(name="Armavir", latitude_rad=0.784_089_3, longitude_rad=0.715_306_9, height_m=151.25)
    plots = moscow.entry(
        PlotReport,
        log,
        by=moscow.sensor_key,
        sensor="armavir",
        site=site,
        time_tai_ns=world.START_TAI_NS + 123_456_789,
        range_m=(RANGE_M,),
        azimuth_rad=(AZIMUTH_RAD,),
        elevation_rad=(ELEVATION_RAD,),
        sigma_range_m=(51.5,),
        sigma_azimuth_rad=(0.003,),
        sigma_elevation_rad=(0.003,),
    )
    moscow.store.append({log: [plots]})
    moscow.say("ankara", "assess", "for the ears of ankara")
    world.rehearse(centres)
    directory = world.write_run(folder / "run", centres)
    for centre in centres:
        centre.close()
    return directory, centres


def contents(directory: Path) -> bytes:
    """Every byte of every file, and what stands in envelopes unpacked once more, JSON and base64 included."""
    found = []
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            found.append(path.read_bytes())
            if path.name == "statement.json":
                found.append(dsse.parse_json(path.read_bytes()).payload)
    return b"\n".join(found)


def values(message: Any) -> list[bytes]:
    """What stands in a message, in every form in which it could leak: MessagePack, text, either byte order."""
    forms: list[bytes] = [msgspec.msgpack.encode(message)]
    for value in (RANGE_M, AZIMUTH_RAD, ELEVATION_RAD):
        forms += [struct.pack(">d", value), struct.pack("<d", value), repr(value).encode()]
    return forms


@pytest.mark.parametrize("audience", ["brussels", "ankara", "common"])
def test_nothing_withheld_is_in_the_copy(finished: tuple[Path, list[Any]], tmp_path: Path, audience: str) -> None:
    run, _ = finished
    export_audience(run, audience, tmp_path / "copy")
    everything, copy = contents(run), contents(tmp_path / "copy")
    for log in sorted(path.parent for path in run.rglob("checkpoint")):
        owner, towards, _ = log.relative_to(run / "logs").parts
        withheld = towards not in (audience, "common") or owner == towards
        entries, note = tiles.read_log_directory(log)
        for entry in entries:
            payload = dsse.parse(entry).payload
            assert payload in everything
            assert (payload in copy) != withheld
            assert (entry in copy) != withheld
        assert (note in copy) != withheld
    for secret in [*values(decode(dsse.parse(record_of(run)).payload)), world.SECRET.encode()]:
        assert secret not in copy
    assert struct.pack(">d", RANGE_M) in everything, "the search would have found it"
    assert (b"for the ears of ankara" in copy) == (audience == "ankara")


def record_of(run: Path) -> bytes:
    entries, _ = tiles.read_log_directory(run / "logs/moscow/moscow/record")
    return entries[0]


def test_the_copy_holds_common_logs_its_own_and_the_statement(finished: tuple[Path, list[Any]], tmp_path: Path) -> None:
    export_audience(finished[0], "brussels", tmp_path / "copy")
    logs = {path.parent.relative_to(tmp_path / "copy/logs").as_posix() for path in tmp_path.rglob("checkpoint")}
    assert {log.split("/")[1] for log in logs} == {"common", "brussels"}
    assert "brussels/brussels/record" not in logs
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["export.json", "logs", "statement.json"]


def test_the_copy_verifies_under_trust_and_says_what_it_covers(
    finished: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    run, centres = finished
    report = export_audience(run, "brussels", tmp_path / "copy")
    assert report.ok, report.faults
    trusted = verify_run(tmp_path / "copy", world.trust_of(centres))
    assert trusted.verdict == "verified, identities as pinned"
    kept = sum(1 for path in (tmp_path / "copy").rglob("*") if path.is_file() and "/manifest/" not in str(path)) - 1
    listed = len(verify_run(run).listed)
    assert trusted.covers == (f"a copy for brussels: {kept} of the run's {listed} files; {listed - kept} were left out")


def test_one_flipped_bit_in_any_file_of_the_copy_is_named(finished: tuple[Path, list[Any]], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    export_audience(finished[0], "common", copy)
    for path in sorted(path for path in copy.rglob("*") if path.is_file()):
        data = path.read_bytes()
        for at in (0, len(data) // 2, len(data) - 1):
            altered = bytearray(data)
            altered[at] ^= 1
            path.write_bytes(altered)
            assert path.relative_to(copy).as_posix() in [fault.file for fault in verify_run(copy).faults]
        path.write_bytes(data)


def test_every_byte_of_the_label_counts(finished: tuple[Path, list[Any]], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    export_audience(finished[0], "common", copy)
    data = (copy / "export.json").read_bytes()
    for at in range(0, len(data), 17):
        altered = bytearray(data)
        altered[at] ^= 1 << (at % 7)
        (copy / "export.json").write_bytes(altered)
        assert "export.json" in [fault.file for fault in verify_run(copy).faults], at


def test_a_file_taken_out_of_a_copy_or_slipped_into_it_is_named(
    finished: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    run, copy = finished[0], tmp_path / "copy"
    export_audience(run, "brussels", copy)
    shutil.copyfile(run / "run.json", copy / "run.json")
    (copy / "statement.json").unlink()
    shutil.rmtree(copy / "logs/moscow/brussels")
    found = {fault.file: fault.why for fault in verify_run(copy).faults}
    assert found.pop("run.json") == "does not belong in a copy for brussels"
    assert found.pop("statement.json") == "is missing; the manifest lists it"
    assert {name.rsplit("/tile", 1)[0] for name in found} == {
        "logs/moscow/brussels/plot/checkpoint",
        "logs/moscow/brussels/plot",
    }


def test_a_run_that_was_altered_is_not_exported(finished: tuple[Path, list[Any]], tmp_path: Path) -> None:
    run = Path(shutil.copytree(finished[0], tmp_path / "run"))
    (run / "report.html").write_text("<p>another report")
    with pytest.raises(Refused, match=r"does not verify, so nothing was exported: report\.html was"):
        export_audience(run, "common", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_wrong_use_is_refused_in_words(finished: tuple[Path, list[Any]], tmp_path: Path) -> None:
    with pytest.raises(Refused, match="'paris' is no audience of this run; there are common, ankara, brussels, moscow"):
        export_audience(finished[0], "paris", tmp_path / "copy")
    with pytest.raises(FileExistsError, match="is written to a new directory"):
        export_audience(finished[0], "common", tmp_path)
    export_audience(finished[0], "common", tmp_path / "copy")
    with pytest.raises(Refused, match="is itself a copy without logs/"):
        export_audience(tmp_path / "copy", "brussels", tmp_path / "second")


def test_an_export_into_the_evidence_itself_is_refused(finished: tuple[Path, list[Any]]) -> None:
    run, _ = finished
    with pytest.raises(Refused, match="lies inside"):
        export_audience(run, "common", run / "logs" / "copy")
    assert not (run / "logs" / "copy").exists()
