"""A run directory that a web server hands out, fetched whole, to be verified as if it had come on a disk.

A web server need not list its folders. What there is to fetch, the manifest says; the log that holds it stands under
one of the centres that the joint statement or a trust file names. What the manifest does not list is not seen this way.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from jointwatch.exchange import dsse, export_label, tiles
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import LOGS, MANIFEST, STATEMENT, log_folder
from jointwatch.exchange.site import Missing, fetched
from jointwatch.exchange.source import Files
from jointwatch.exchange.verify.files import RULE, last_manifest
from jointwatch.exchange.verify.logs import ReadLog, read_log
from jointwatch.exchange.verify.statement import MAX_BYTES
from jointwatch.messages.encoding import MessageRefused, decode
from jointwatch.messages.statement import Statement

MOST_BYTES = 8 << 30


def fetch_run(address: str, centres: Iterable[str], into: Path) -> None:
    """Fetch the run directory at an address into the folder `into`. centres: who may hold its manifest, if known.

    Raises Refused where no manifest is found, or one that lists more than 8 GiB.
    """
    read = _manifest_log(address, [*centres, *_centres_of_statement(address)])
    listed = [file for part in last_manifest(read) for file in part.files]
    if sum(file.size for file in listed) > MOST_BYTES:
        raise Refused(RULE, f"the manifest at {address} lists more than {MOST_BYTES >> 30} GiB")
    for name in tiles.file_names(read.size):
        _fetch(address, f"{log_folder(read.log)}/{name}", tiles.MAX_BUNDLE_BYTES, into)
    for file in listed:
        _fetch(address, file.path, file.size + 1, into)  # one byte more shows that it was lengthened
    _fetch(address, export_label.EXPORT, export_label.MAX_BYTES, into)


def _manifest_log(address: str, centres: Iterable[str]) -> ReadLog:
    logs = Files(partial(_file_of_run, address), f"{LOGS}/")
    for centre in dict.fromkeys(centres):
        try:
            return read_log(logs, LogId(centre, COMMON, MANIFEST))
        except Missing:
            continue
    raise Refused(RULE, f"{address} has neither logs.json nor the manifest of a run; is it the address of logs?")


def _centres_of_statement(address: str) -> tuple[str, ...]:
    """Return who took part, as the statement at the address says; nobody where there is none that can be read."""
    try:
        said = decode(dsse.parse_json(fetched(address, STATEMENT, MAX_BYTES)).payload)
    except (Refused, MessageRefused):
        return ()
    return (*said.centres, *said.absent) if isinstance(said, Statement) else ()


def _file_of_run(address: str, log: LogId, name: str, limit: int) -> bytes:
    return fetched(address, f"{log_folder(log)}/{name}", limit)


def _fetch(address: str, path: str, limit: int, into: Path) -> None:
    """Fetch one file; one that is not there is left out, and whoever verifies the copy says so."""
    try:
        data = fetched(address, path, limit)
    except Missing:
        return
    (into / path).parent.mkdir(parents=True, exist_ok=True)
    (into / path).write_bytes(data)
