"""The files of a run directory against the manifest, and the label of an export against both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jointwatch.exchange import dsse, export_label, run_directory
from jointwatch.exchange.export_label import EXPORT, Label
from jointwatch.exchange.logid import COMMON
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import MANIFEST
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.logs import Logs, ReadLog
from jointwatch.messages.encoding import Message, decode
from jointwatch.messages.manifest import FileDigest, Manifest

RULE = "jointwatch manifest"


def read_manifest(logs: Logs, faults: Faults) -> dict[str, FileDigest] | None:
    """Return the files that the run's manifest lists, by path; None where it cannot be read, recorded as a fault.

    The list is read also where its signature is at fault elsewhere: it still helps to name what else is.
    """
    held = [read for read in logs.values() if read.log.klass == MANIFEST]
    for read in held:
        if len(held) > 1 or read.log.audience != COMMON:
            faults.add(read.checkpoint_file, "is not the one log <centre>/common/manifest that a run has")
            return None
    if not held:
        if not any(f"/{MANIFEST}/" in fault.file for fault in faults.sorted()):
            faults.add(f"{run_directory.LOGS}/*/{COMMON}/{MANIFEST}/checkpoint", "is missing: nothing lists the files")
        return None
    with faults.against(held[0].entry_file(max(held[0].size - 1, 0))):
        return {file.path: file for part in last_manifest(held[0]) for file in part.files}
    return None


def check_files(
    directory: Path,
    found: Iterable[str],
    listed: Mapping[str, FileDigest],
    label: Label | None,
    faults: Faults,
) -> int:
    """Return how many files are as the manifest lists them; record every other."""
    there = {path for path in found if not run_directory.in_manifest_log(path) and path != EXPORT}
    left_out = {path for path in listed if label is not None and not export_label.belongs(path, label.audience)}
    for path in sorted(set(listed) - there - left_out):
        faults.add(path, "is missing; the manifest lists it")
    for path in sorted(there - set(listed)):
        faults.add(path, "does not belong here; the manifest does not list it")
    for path in sorted(there & left_out):
        faults.add(path, f"does not belong in a copy for {label.audience if label else ''}")
    same = [path for path in sorted(there & set(listed)) if _same(directory, listed[path], faults)]
    return len(same)


def read_label(directory: Path, found: Sequence[str], faults: Faults) -> Label | None:
    """Return the label of an export; None for a whole run directory, and where the label cannot be read."""
    if EXPORT in found:
        with faults.against(EXPORT), (directory / EXPORT).open("rb") as file:
            return export_label.parse(file.read(export_label.MAX_BYTES))
    return None


def check_label(
    label: Label, run: str, centres: Iterable[str], listed: Mapping[str, FileDigest], faults: Faults
) -> None:
    """Check that a label says what follows from the logs and the manifest: run, audience, what was left out."""
    with faults.against(EXPORT):
        if label.run != run:
            raise Refused(export_label.RULE, f"says the run {label.run!r}; the logs are of {run!r}")
        if label.audience not in (COMMON, *centres):
            raise Refused(export_label.RULE, f"says it is for {label.audience!r}, who is no centre of this run")
        if set(label.left_out) != {path for path in listed if not export_label.belongs(path, label.audience)}:
            raise Refused(export_label.RULE, f"does not name what a copy for {label.audience} leaves out")


def last_manifest(read: ReadLog) -> list[Manifest]:
    """Return the parts of the manifest with which the log ends."""
    last = _message(read.entries(read.size - 1, read.size)[0]) if read.size else None
    if not isinstance(last, Manifest):
        raise Refused(RULE, "the log's last entry is no manifest, so nothing lists the files")
    parts = [
        part
        for part in map(_message, read.entries(max(0, read.size - last.parts), read.size))
        if isinstance(part, Manifest)
    ]
    if [(part.part, part.parts) for part in parts] != [(k + 1, last.parts) for k in range(last.parts)]:
        raise Refused(RULE, f"the log does not end with parts 1 to {last.parts} of a manifest")
    paths = [file.path for part in parts for file in part.files]
    if paths != sorted(set(paths)):
        raise Refused(RULE, "the parts of the manifest do not list each file once in alphabetical order")
    return parts


def _message(entry: bytes) -> Message:
    return decode(dsse.parse(entry).payload)


def _same(directory: Path, wanted: FileDigest, faults: Faults) -> bool:
    with faults.against(wanted.path):
        found = run_directory.digest(directory, wanted.path)
        if found.size != wanted.size:
            what = "was truncated" if found.size < wanted.size else "was lengthened"
            raise Refused(RULE, f"{what}: it has {found.size} bytes, the manifest says {wanted.size}")
        if found != wanted:
            raise Refused(RULE, "was changed: its SHA-256 is not the one in the manifest")
        return True
    return False
