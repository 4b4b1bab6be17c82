"""How far a centre had cosigned that did not live to cosign the end: checkpoints kept beside the logs of a run.

Each is one of the same history, under its owner's signature and that of one centre that may read the log. It says of
the entries before it what a cosignature under the last checkpoint says of all: that centre held them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, note, source
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.exchange.run_directory import COSIGNED, cosigned_of
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.keys import cosigners_wanted
from jointwatch.exchange.verify.logs import ReadLog

RULE = "jointwatch run directory"


def check_cosigned(
    directory: Path, files: Iterable[str], logs: Mapping[LogId, ReadLog], keys: Mapping[str, Keyrings], faults: Faults
) -> dict[LogId, dict[str, int]]:
    """Return how far each centre cosigned each log: to the end, or to where such a file says."""
    found = {log: dict.fromkeys(read.cosigned_by, read.size) for log, read in logs.items()}
    for path in files:
        if path.startswith(f"{COSIGNED}/"):
            with faults.against(path):
                log, centre = _place(path, logs, keys)
                found[log][centre] = _size(directory / path, logs[log], centre, keys)
    return found


def _place(path: str, logs: Mapping[LogId, ReadLog], keys: Mapping[str, Keyrings]) -> tuple[LogId, str]:
    place = cosigned_of(path)
    if place is None or place[0] not in logs or place[0].owner not in keys:
        raise Refused(RULE, "is of no log that is here and holds")
    log, centre = place
    if centre not in cosigners_wanted(log, frozenset(keys)):
        raise Refused(RULE, f"is by {centre}, who is no other centre that may read {log}")
    if centre in logs[log].cosigned_by:
        raise Refused(RULE, f"does not belong here; {centre} cosigned all of {log}")
    return log, centre


def _size(file: Path, read: ReadLog, centre: str, keys: Mapping[str, Keyrings]) -> int:
    """Return the size of the checkpoint in a file, once it is a beginning of the log under both signatures."""
    with file.open("rb") as data:
        body = data.read(note.MAX_NOTE_BYTES + 1)
    claimed, owner = checkpoints.unverified(body), keys[read.log.owner]
    if not 0 < claimed.size < read.size:
        raise Refused(RULE, f"is over {claimed.size} entries; it is kept where that is a part of the {read.size}")
    tai_ns = read.times[claimed.size - 1]
    owner.open_checkpoint(body, read.log, tai_ns)
    if merkle.root(source.node(read.source, read.log, read.size), claimed.size) != claimed.root:
        raise Refused(RULE, f"is of another history of {read.log}")
    own = len(owner.log_verifiers(read.log, tai_ns, body))
    name = cosigner_name(owner.run, centre)
    if [line.name for line in note.parse(body).signatures][own:] != [name]:
        raise Refused(note.RULE, f"its lines are not the owner's, then one of {centre}")
    checkpoints.cosigned_at(body, keys[centre].cosigner(tai_ns, body))
    return claimed.size
