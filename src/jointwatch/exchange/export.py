"""The copy of a run directory that one audience may have: nothing that was withheld from it is in it.

What goes in is decided by the logs' names alone: the common logs of all centres, the logs for that audience, and the
joint statement. What a centre keeps to itself, what is for another, and the files in which everything comes together
(run.json with its seeds, tracks, events, report) stay out. The copy still verifies: its manifest names what was left
out by path and hash, and the label repeats it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from jointwatch.exchange import export_label, run_directory
from jointwatch.exchange.export_label import EXPORT, Label
from jointwatch.exchange.logid import COMMON
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.verify.report import VerifyReport
from jointwatch.exchange.verify.run import verify_run


def export_audience(directory: Path, audience: str, out: Path, *, processes: int = 1) -> VerifyReport:
    """Return the verification of the copy for `audience` that now stands in `out`; "common" is the copy for anyone.

    Raises Refused, and writes nothing, where the run itself does not verify: no export of what is already in doubt.
    """
    if out.exists():
        raise FileExistsError(f"{out} exists; an export is written to a new directory")
    if directory.resolve() in out.resolve().parents:
        raise Refused(export_label.RULE, f"{out} lies inside {directory}, whose evidence nothing may be added to")
    whole = verify_run(directory, processes=processes)
    if not whole.ok:
        first = whole.faults[0]
        raise Refused(
            export_label.RULE, f"{directory} does not verify, so nothing was exported: {first.file} {first.why}"
        )
    if audience not in (COMMON, *whole.identities):
        names = ", ".join([COMMON, *whole.identities])
        raise Refused(export_label.RULE, f"{audience!r} is no audience of this run; there are {names}")
    wanted = [path for path in whole.listed if export_label.belongs(path, audience)]
    missing = [path for path in wanted if not (directory / path).exists()]
    if missing:
        raise Refused(
            export_label.RULE, f"{directory} is itself a copy without {missing[0]}; export from the whole run"
        )
    left_out = tuple(sorted(set(whole.listed) - set(wanted)))
    _write(directory, out, Label(run=whole.run, audience=audience, left_out=left_out))
    return verify_run(out, processes=processes)


def _write(directory: Path, out: Path, label: Label) -> None:
    """Write the copy; it appears whole or not at all."""
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    files, _ = run_directory.listing(directory)
    for path in files:
        if export_label.belongs(path, label.audience):
            (part / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(directory / path, part / path)
    (part / EXPORT).write_bytes(label.encode())
    part.rename(out)
