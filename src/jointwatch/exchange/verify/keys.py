"""Who signed: centres' keys from their rosters, pinned identities, and the lines beneath each checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, note, tiles
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.logs import Logs, ReadLog, holds
from jointwatch.exchange.verify.stretch import each, look, stretches
from jointwatch.messages.encoding import decode


def learn_keys(logs: Logs, faults: Faults) -> dict[str, Keyrings]:
    """Return each centre's keys from its rosters, on the word of the identity that signed them."""
    keys: dict[str, Keyrings] = {}
    for read in [logs[log] for log in logs if log == roster_log(log.owner) and logs[log].size]:
        if holds(read, list(each(look, stretches(read.source, read.log, read.size, None), 1)), faults):
            _learn(keys, read, faults)
    return keys


def _learn(keys: dict[str, Keyrings], read: ReadLog, faults: Faults) -> None:
    rosters = read.entries(0, read.size)
    with faults.against(read.entry_file(0)):
        run, mode = _setting(keys, rosters[0])
        ring = Keyrings(read.log.owner, run, mode)
        for index, entry in enumerate(rosters):
            with faults.against(read.entry_file(index)):
                ring = ring.learn(entry)
        if ring.rings:
            keys[read.log.owner] = ring


def check_trust(logs: Logs, keys: Mapping[str, Keyrings], trust: Mapping[str, str], faults: Faults) -> None:
    """Record every centre whose identity is not the pinned one."""
    for centre, ring in keys.items():
        file = logs[roster_log(centre)].checkpoint_file
        if centre not in trust:
            faults.add(file, f"the trust file does not name {centre}, whose identity here is {ring.identity}")
        elif trust[centre] != ring.identity:
            faults.add(file, f"{centre}'s rosters are signed by {ring.identity}; the trust file pins {trust[centre]}")


@dataclass(frozen=True)
class Centres:
    """Who has logs here, whose keys could be read, and whom the statement calls absent."""

    owners: frozenset[str]
    keys: Mapping[str, Keyrings]
    absent: frozenset[str]

    @property
    def present(self) -> frozenset[str]:
        """The centres from which a cosignature is wanted."""
        return frozenset(self.keys) - self.absent


def check_checkpoint(read: ReadLog, centres: Centres, faults: Faults) -> None:
    """Check the lines beneath a checkpoint, and that no cosignature is missing."""
    check_lines(read, centres, faults)
    missing = cosigners_wanted(read.log, centres.present) - set(read.cosigned_by)
    if missing:
        faults.add(read.checkpoint_file, f"{', '.join(sorted(missing))} did not cosign it")


def check_lines(read: ReadLog, centres: Centres, faults: Faults) -> None:
    """Check the owner's signature and each cosignature; no other line may stand beneath."""
    with faults.against(read.checkpoint_file):
        owner = centres.keys[read.log.owner]
        tai_ns = _time_under(read, owner)
        origin = read.log.origin(owner.run)
        owner.open_checkpoint(read.note, read.log, tai_ns)
        names = [line.name for line in note.parse(read.note).signatures]
        own = len(owner.log_verifiers(read.log, tai_ns, read.note))
        others = names[own:]
        if names[:own] != [origin] * own or others != sorted(set(others)):
            raise Refused(note.RULE, "its lines are not the owner's, then each cosigner's once by name")
        read.cosigned_by = tuple(_cosigner(read.note, name, owner.run, centres, tai_ns) for name in others)


def _cosigner(body: bytes, name: str, run: str, centres: Centres, tai_ns: int) -> str:
    """Return the centre that cosigned under this name, verified; where its rosters are at fault, on its word."""
    centre = name.rpartition("/")[2]
    if name != cosigner_name(run, centre) or centre not in centres.owners:
        raise Refused(checkpoints.COSIGNATURE_RULE, f"it carries a line by {name}, who is no centre of this run")
    if centre in centres.keys:
        checkpoints.cosigned_at(body, centres.keys[centre].cosigner(tai_ns, body))
    return centre


def _time_under(read: ReadLog, owner: Keyrings) -> int:
    """Return when the last entry that holds was logged; the first roster's time where there is none."""
    return read.last_tai_ns or owner.at(0).roster.logged_tai_ns


def cosigners_wanted(log: LogId, present: frozenset[str]) -> frozenset[str]:
    """Return which of the centres must have cosigned a log: all that may read it but its owner.

    >>> sorted(cosigners_wanted(LogId("moscow", "common", "assess"), frozenset({"brussels", "moscow"})))
    ['brussels']
    >>> sorted(cosigners_wanted(LogId("moscow", "moscow", "record"), frozenset({"brussels", "moscow"})))
    []
    """
    readers = present if log.audience == COMMON else present & {log.audience}
    return readers - {log.owner}


def _setting(keys: Mapping[str, Keyrings], roster: bytes) -> tuple[str, str]:
    """Return run and mode: those of the first roster; every other must say the same."""
    for ring in keys.values():
        return ring.run, ring.mode
    message = decode(dsse.parse(roster).payload)
    return message.run, message.mode


def name_owners_without_roster(logs: Logs, keys: Mapping[str, Keyrings], faults: Faults) -> None:
    """Record every owner of logs whose roster is not here, unless that log is a fault already."""
    for read in {log.owner: read for log, read in logs.items() if log.owner not in keys}.values():
        place = read.source.place(roster_log(read.log.owner), tiles.CHECKPOINT)
        if not faults.known(place.rpartition("/")[0]):
            faults.add(place, f"holds no roster, so nothing that {read.log.owner} signed can be checked")
