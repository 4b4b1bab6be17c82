"""Two centres with real keys in one process, and the run directory they leave: what the tests attack.

Loaded by path (see `load` in the tests), so that no test depends on how it was started.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from jointwatch.exchange import dsse, merkle, ml_dsa, run_directory
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.direct import DirectLine
from jointwatch.exchange.follow import Round, follow
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.roster import signed_roster
from jointwatch.exchange.run_directory import write_logs
from jointwatch.exchange.shard import Monthly
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.finding import Finding
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.incident import Incident
from jointwatch.messages.manifest import Manifest
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.roster import Roster, RosterKey
from jointwatch.messages.statement import Statement

START_TAI_NS = 1_242_809_434_000_000_000
POSIX_S = 1_242_809_400
SECRET = "armavir measured 1521340.25 m"  # stands in an internal log and nowhere else


class Centre:
    """One centre: keys, store, mirror, desk."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        run: str = "rehearsal-1",
        mode: str = "exercise",
        second_key: ml_dsa.SigningKey | None = None,
        monthly: bool = False,
    ) -> None:
        self.name, self.run, self.mode, self.folder = name, run, mode, folder
        self.identity, self.log_key, self.cosign_key, self.desk_key = (SigningKey.generate() for _ in range(4))
        self.sensor_key, self.second_key = SigningKey.generate(), second_key
        self.officers: dict[str, SigningKey] = {}  # name -> key of an officer of release
        self.clock_tai_ns, self.said = START_TAI_NS, 0
        self.monthly = Monthly(mode, lambda: self.clock_tai_ns, self.signed) if monthly else None
        self.store = self.opened()

    def opened(self) -> Store:
        """This centre's record, opened."""
        keys = {"log_key": self.log_key, "second_log_key": self.second_key}
        return Store(self.folder / f"{self.name}.db", run=self.run, owner=self.name, monthly=self.monthly, **keys)

    def signed(self, message: Message) -> bytes:
        """A message as an entry under the desk key."""
        return dsse.sign(PAYLOAD_TYPE, encode(message), [self.desk_key]).encode()

    def meet(self, *partners: Centre) -> None:
        """Pin the partners' identities, and open the desk."""
        self.mirror = Mirror(
            self.store,
            mode=self.mode,
            identities={partner.name: partner.identity.public for partner in partners},
            cosign_key=self.cosign_key,
            evidence_folder=self.folder / f"{self.name}-evidence",
            now_posix_s=lambda: POSIX_S,
        )
        self.desk = StoreDesk(self.store, self.mirror.keys)

    def log(self, audience: str, klass: str) -> LogId:
        """One of this centre's logs."""
        return LogId(self.name, audience, klass)

    def message(self, kind: type[Message], place: LogId, /, **fields: Any) -> Message:
        """A message of this centre for one of its logs, one second after the one before."""
        self.said += 1
        self.clock_tai_ns += 1_000_000_000
        header = {
            "mode": self.mode,
            "run": self.run,
            "origin": self.name,
            "log": str(place.whole),
            "logged_tai_ns": self.clock_tai_ns,
            "id": f"{self.name}-{self.said}",
        }
        return kind(**{**header, **fields})

    def entry(self, kind: type[Message], place: LogId, /, *, by: SigningKey | None = None, **fields: Any) -> bytes:
        """The same, as a signed entry."""
        message = self.message(kind, place, **fields)
        return dsse.sign(PAYLOAD_TYPE, encode(message), [by or self.desk_key]).encode()

    def say(self, audience: str, klass: str, text: str) -> None:
        """Append one message with this text."""
        log = self.log(audience, klass)
        self.store.append({log: [self.entry(Incident, log, about="info", text=text)]})

    def wait_until(self, utc_day: str) -> None:
        """Let time pass until noon of a day, such as 2009-06-01."""
        self.clock_tai_ns = int(datetime.fromisoformat(f"{utc_day}T12:00:00+00:00").timestamp()) * 10**9

    def roster_entry(self, *, number: int = 1, by: SigningKey | None = None) -> bytes:
        """This centre's roster, signed."""
        held = {"log": self.log_key, "cosign": self.cosign_key, "desk": self.desk_key}
        keys = [(purpose, key.public.data) for purpose, key in (*held.items(), ("sensor:armavir", self.sensor_key))]
        keys += [(f"releaser:{name}", key.public.data) for name, key in self.officers.items()]
        if self.second_key is not None:
            keys.append(("log-ml-dsa-44", self.second_key.public))
        named = tuple(
            RosterKey(name=purpose, purpose=purpose, public_key=data, valid_from_tai_ns=START_TAI_NS)
            for purpose, data in keys
        )
        identity = by or self.identity
        log = roster_log(self.name)
        roster = self.message(Roster, log, number=number, identity=identity.public.data, keys=named)
        assert isinstance(roster, Roster)
        return signed_roster(roster, identity, list(held.values()))

    def begin(self) -> None:
        """Publish the roster."""
        self.store.append({roster_log(self.name): [self.roster_entry()]})

    def follow(self, partner: Centre) -> Round:
        """One round with a partner, within this process."""
        return follow(DirectLine(partner.desk, self.name), self.mirror)

    def close(self) -> None:
        """Close the record."""
        self.store.close()


def two_centres(folder: Path, names: Sequence[str] = ("moscow", "brussels"), **setting: Any) -> list[Centre]:
    """Centres that know each other and have published their rosters."""
    centres = [Centre(folder, name, **setting) for name in names]
    for centre in centres:
        centre.meet(*(other for other in centres if other is not centre))
        centre.begin()
    return centres


def settle(centres: Sequence[Centre]) -> None:
    """Rounds between all until every log is mirrored and every receipt has arrived."""
    for _ in range(3):
        for centre in centres:
            for other in centres:
                if other is not centre:
                    outcome = centre.follow(other)
                    assert not outcome.refusals, outcome.refusals
    assert not any(centre.mirror.receipts(other.name) for centre in centres for other in centres)


def rehearse(centres: Sequence[Centre]) -> None:
    """Everyone speaks in common, to the other, and to themselves."""
    for centre, other in zip(centres, [*centres[1:], centres[0]], strict=True):
        for number in range(3):
            log = centre.log("common", "notify")
            centre.store.append({log: [centre.entry(Heartbeat, log, number=number)]})
        centre.say(other.name, "plot", f"for {other.name} alone")
        centre.say(centre.name, "record", SECRET)
        log = centre.log("common", "assess")
        centre.store.append({log: [centre.entry(Finding, log, as_of_tai_ns=START_TAI_NS, objects=())]})
    settle(centres)


def statement_of(centres: Sequence[Centre], absent: Sequence[str] = ()) -> bytes:
    """statement.json: one payload, signed by each centre's desk."""
    first = centres[0]
    log = first.log("common", "assess")
    findings = tuple(
        EntryReference(
            log=str(centre.log("common", "assess")),
            index=0,
            leaf_hash=merkle.leaf_hash(centre.store.entry(centre.log("common", "assess"), 0)),
        )
        for centre in centres
    )
    statement = first.message(
        Statement,
        log,
        as_of_tai_ns=START_TAI_NS,
        centres=tuple(sorted(centre.name for centre in centres)),
        absent=tuple(absent),
        findings=findings,
        objects=(),
        agree=True,
        sentences=("nothing was seen",),
    )
    return dsse.sign(PAYLOAD_TYPE, encode(statement), [centre.desk_key for centre in centres]).to_json()


def write_run(directory: Path, centres: Sequence[Centre], *, statement: bytes | None = None) -> Path:
    """The run directory of these centres, its manifest logged by the first and cosigned by the others."""
    directory.mkdir()
    (directory / "run.json").write_text('{"run": "rehearsal-1", "seed": 20090520}\n')
    (directory / "events.jsonl").write_text('{"seq": 1}\n{"seq": 2}\n')
    (directory / "tracks.parquet").write_bytes(b"PAR1" + bytes(range(64)) + b"PAR1")
    (directory / "report.html").write_text("<!doctype html><p>report</p>\n")
    (directory / "statement.json").write_bytes(statement or statement_of(centres))
    for centre in centres:
        own = [log for log in centre.store.logs() if log.owner == centre.name]
        write_logs(centre.store, directory, own)
    log_manifest(directory, centres)
    write_logs(centres[0].store, directory, [centres[0].log("common", "manifest")])
    return directory


def log_manifest(directory: Path, centres: Sequence[Centre]) -> None:
    """Append the manifest to the first centre's log, and let the others cosign it."""
    first, log = centres[0], centres[0].log("common", "manifest")
    found = run_directory.parts(run_directory.digests(directory))
    entries = [
        first.entry(Manifest, log, part=number, parts=len(found), files=files) for number, files in enumerate(found, 1)
    ]
    first.store.append({log: entries})
    settle(centres)


def finished_run(folder: Path) -> tuple[Path, list[Centre]]:
    """A small run directory that verifies, and the centres that made it, closed."""
    centres = two_centres(folder)
    rehearse(centres)
    directory = write_run(folder / "run", centres)
    for centre in centres:
        centre.close()
    return directory, centres


def trust_of(centres: Sequence[Centre]) -> dict[str, str]:
    """The fingerprints to pin."""
    return {centre.name: centre.identity.public.fingerprint for centre in centres}


def replaced(message: Message, **fields: Any) -> Message:
    """A message with other values."""
    return msgspec.structs.replace(message, **fields)
