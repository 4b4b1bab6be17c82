"""The logs of a run directory, read and checked: folders, rosters, entries, signatures beneath the checkpoints.

Every fault is recorded against the file that holds it and the check goes on with what can still be checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, note, run_directory, tiles
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.messages.encoding import Message, MessageRefused, decode

_MOST_NAMES = 100_000  # a checkpoint that was altered may claim any size


@dataclass(frozen=True, order=True)
class Fault:
    """One file that is not what it must be, and why; the path is relative to the run directory."""

    file: str
    why: str


class Faults:
    """The faults found so far; of one file the first one counts, as the others mostly follow from it."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def add(self, file: str, why: str) -> None:
        """Record that a file is wrong."""
        self._found.setdefault(file, why)

    def known(self, path: str) -> bool:
        """Whether a fault was recorded against a file, or within a folder."""
        return any(file == path or file.startswith(f"{path}/") for file in self._found)

    def against(self, file: str) -> Against:
        """Return a context in which whatever is refused is recorded against this file."""
        return Against(self, file)

    def sorted(self) -> tuple[Fault, ...]:
        """Return all faults, by file."""
        return tuple(Fault(file, why) for file, why in sorted(self._found.items()))


class Against:
    """While it is open, a refusal is a fault of this file and goes no further."""

    def __init__(self, faults: Faults, file: str) -> None:
        self._faults, self._file = faults, file

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refused | MessageRefused | OSError):
            return False
        self._faults.add(self._file, error.sentence if isinstance(error, Refused) else str(error))
        return True


@dataclass
class ReadLog:
    """A log's folder as it was read; `messages` are those whose signature and header hold."""

    log: LogId
    entries: list[bytes]
    note: bytes
    messages: list[Message] = field(default_factory=list)
    cosigned_by: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The log's folder within the run directory."""
        return run_directory.log_folder(self.log)

    @property
    def checkpoint_file(self) -> str:
        """The file that holds the checkpoint."""
        return f"{self.folder}/{tiles.CHECKPOINT}"

    def entry_file(self, index: int) -> str:
        """Return the file that holds the entry at `index`."""
        tile = index // tiles.WIDTH
        width = min(tiles.WIDTH, len(self.entries) - tile * tiles.WIDTH)
        return f"{self.folder}/{tiles.tile_name('entries', tile, width)}"


Logs = Mapping[LogId, ReadLog]


def read_logs(directory: Path, files: Sequence[str], faults: Faults) -> dict[LogId, ReadLog]:
    """Return every log whose folder is exactly the one its checkpoint describes; no signature was looked at."""
    found = {}
    for log in sorted({log for path in files if (log := run_directory.log_of(path)) is not None}):
        folder = run_directory.log_folder(log)
        try:
            entries, body = tiles.read_log_directory(directory / folder)
            found[log] = ReadLog(log, entries, body)
        except tiles.DirectoryRefused as refusal:
            file = _file_in_place_of(directory / folder, refusal.file)
            why = refusal.sentence.removeprefix(f"{refusal.file}: ") if file == refusal.file else "is missing"
            faults.add(f"{folder}/{file}", why)
        except OSError as error:
            faults.add(folder, f"cannot be read: {error.strerror}")
    return found


def _file_in_place_of(folder: Path, name: str) -> str:
    """Return the name of the file that is missing where an empty folder was found; any other name as it is."""
    if not (folder / name).is_dir():
        return name
    with (folder / tiles.CHECKPOINT).open("rb") as file:
        size = checkpoints.unverified(file.read(note.MAX_NOTE_BYTES)).size
    names = islice(tiles.file_names(size), _MOST_NAMES)
    return next((wanted for wanted in names if wanted.startswith(f"{name}/")), name)


def learn_keys(logs: Logs, faults: Faults) -> dict[str, Keyrings]:
    """Return each centre's keys from its rosters, on the word of the identity that signed them."""
    rosters = [logs[log] for log in logs if log == roster_log(log.owner) and logs[log].entries]
    keys: dict[str, Keyrings] = {}
    for read in rosters:
        with faults.against(read.entry_file(0)):
            run, mode = _setting(keys, read)
            ring = Keyrings(read.log.owner, run, mode)
            for index, entry in enumerate(read.entries):
                with faults.against(read.entry_file(index)):
                    ring = ring.learn(entry)
            if ring.rings:
                keys[read.log.owner] = ring
    _name_owners_without_roster(logs, keys, faults)
    return keys


def check_trust(keys: Mapping[str, Keyrings], trust: Mapping[str, str], faults: Faults) -> None:
    """Record every centre whose identity is not the pinned one."""
    for centre, ring in keys.items():
        file = f"{run_directory.log_folder(roster_log(centre))}/{tiles.CHECKPOINT}"
        if centre not in trust:
            faults.add(file, f"the trust file does not name {centre}, whose identity here is {ring.identity}")
        elif trust[centre] != ring.identity:
            faults.add(file, f"{centre}'s rosters are signed by {ring.identity}; the trust file pins {trust[centre]}")


def check_entries(read: ReadLog, keys: Keyrings, seen: dict[tuple[str, str], str], faults: Faults) -> None:
    """Open every entry with its centre's keys. seen: (origin, id) -> where, over all logs: an id stands once."""
    for index, entry in enumerate(read.entries):
        with faults.against(read.entry_file(index)):
            try:
                message = keys.open_entry(entry, read.log)
            except Refused as refusal:
                raise Refused(refusal.rule, f"entry {index}: {refusal.sentence}") from None
            here = f"entry {index} of {read.log}"
            first = seen.setdefault((message.origin, message.id), here)
            if first != here:
                raise Refused("one id per origin", f"{here} has the id {message.id}, which {first} has")
            read.messages.append(message)


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
    """Check the owner's signature and each cosignature; no other line may stand beneath, and none may lack."""
    with faults.against(read.checkpoint_file):
        owner = centres.keys[read.log.owner]
        tai_ns = _time_under(read, owner)
        origin = read.log.origin(owner.run)
        owner.open_checkpoint(read.note, read.log, tai_ns)
        names = [line.name for line in note.parse(read.note).signatures]
        own = len(owner.log_verifiers(read.log, tai_ns))
        others = names[own:]
        if names[:own] != [origin] * own or others != sorted(set(others)):
            raise Refused(note.RULE, "its lines are not the owner's, then each cosigner's once by name")
        read.cosigned_by = tuple(_cosigner(read.note, name, owner.run, centres, tai_ns) for name in others)
        missing = cosigners_wanted(read.log, centres.present) - set(read.cosigned_by)
        if missing:
            raise Refused(checkpoints.COSIGNATURE_RULE, f"{', '.join(sorted(missing))} did not cosign it")


def _cosigner(body: bytes, name: str, run: str, centres: Centres, tai_ns: int) -> str:
    """Return the centre that cosigned under this name, verified; where its rosters are at fault, on its word."""
    centre = name.rpartition("/")[2]
    if name != cosigner_name(run, centre) or centre not in centres.owners:
        raise Refused(checkpoints.COSIGNATURE_RULE, f"it carries a line by {name}, who is no centre of this run")
    if centre in centres.keys:
        checkpoints.cosigned_at(body, centres.keys[centre].cosigner(tai_ns))
    return centre


def _time_under(read: ReadLog, owner: Keyrings) -> int:
    """Return when the last entry that holds was logged; the first roster's time where there is none."""
    return read.messages[-1].logged_tai_ns if read.messages else owner.at(0).roster.logged_tai_ns


def cosigners_wanted(log: LogId, present: frozenset[str]) -> frozenset[str]:
    """Return which of the centres must have cosigned a log: all that may read it but its owner.

    >>> sorted(cosigners_wanted(LogId("moscow", "common", "assess"), frozenset({"brussels", "moscow"})))
    ['brussels']
    >>> sorted(cosigners_wanted(LogId("moscow", "moscow", "record"), frozenset({"brussels", "moscow"})))
    []
    """
    readers = present if log.audience == COMMON else present & {log.audience}
    return readers - {log.owner}


def _setting(keys: Mapping[str, Keyrings], read: ReadLog) -> tuple[str, str]:
    """Return run and mode: those of the first roster; every other must say the same."""
    for ring in keys.values():
        return ring.run, ring.mode
    message = decode(dsse.parse(read.entries[0]).payload)
    return message.run, message.mode


def _name_owners_without_roster(logs: Logs, keys: Mapping[str, Keyrings], faults: Faults) -> None:
    for owner in sorted({log.owner for log in logs} - set(keys)):
        folder = run_directory.log_folder(roster_log(owner))
        if not faults.known(folder):
            faults.add(
                f"{folder}/{tiles.CHECKPOINT}", f"holds no roster, so nothing that {owner} signed can be checked"
            )
