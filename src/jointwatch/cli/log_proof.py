"""One entry and the proof that it stands in its log: written from any logs, checked with nothing but the log's key."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from jointwatch.cli.entry_text import in_words
from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import Held
from jointwatch.cli.terminal import print_line
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, merkle, note, proof, source
from jointwatch.exchange.keyrings import Keyrings, logged_tai_ns, roster_log
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.note import Ed25519Verifier
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import hear, kind_of

ENTRY, PROOF = ".entry", ".tlog-proof"


def write(held: Held, name: str | None, index: int, folder: Path) -> None:
    """Write an entry of a log and its proof into a folder, and print the log's key; raise UserError or Refused."""
    log = _log(held, name)
    body = held.source.checkpoint(log)
    size = checkpoints.unverified(body).size
    if not index < size:
        raise UserError(f"{log} has {size} entries; the last one is number {size - 1}")
    entry = _entry(held, log, index, size)
    hashes = merkle.inclusion_proof(source.node(held.source, log, size), index, size)
    made = proof.LogProof(index, tuple(hashes), body)
    key = Ed25519Verifier(checkpoints.unverified(body).origin, _log_key(held, log, size))
    proof.verify(made, entry, key.name, key.public_key)
    stem = folder / f"{str(log).replace('/', '_')}_{index}"
    folder.mkdir(parents=True, exist_ok=True)
    stem.with_name(stem.name + ENTRY).write_bytes(entry)
    stem.with_name(stem.name + PROOF).write_bytes(made.encode())
    console = Console()
    print_line(console, f"{stem}{ENTRY}: entry {index} of {log}, {_says(entry)}")
    print_line(console, f"{stem}{PROOF}: it stands among the {size} entries that {log.owner} signed")
    print_line(console, "Whoever has both files, and the log's key from you or from the roster, can check them:")
    print_line(console, f"jointwatch log verify {stem}{PROOF} --key {note.verifier_key(key)}")


def check(path: Path, key: str | None) -> int:
    """Print whether the entry beside a proof stands in the log of this key; return the exit code."""
    made, entry = _read(path)
    if key is None:
        origin = checkpoints.unverified(made.checkpoint).origin
        raise UserError(f"{path} is of {origin}; give that log's key with --key, as name+id+base64")
    console = Console()
    try:
        verifier = note.parse_verifier_key(key)
        found = proof.verify(made, entry, verifier.name, verifier.public_key)
        lines = [line.name for line in note.parse(made.checkpoint).signatures if line.name != verifier.name]
    except Refused as refusal:
        print_line(console, f"{path}: {refusal}", style="red")
        print_line(console, "It does not hold.", style="bold red")
        return 1
    print_line(console, f"Entry {made.index} of {found.origin}: {_says(entry)}")
    print_line(console, f"It stands among the {found.size} entries that the holder of the key signed.", style="bold")
    print_line(console, f"Cosigned by {', '.join(lines) or 'nobody'}, and said by whom the entry names: not checked.")
    return 0


def _read(path: Path) -> tuple[proof.LogProof, bytes]:
    beside = path.with_name(path.name.removesuffix(PROOF) + ENTRY)
    try:
        with path.open("rb") as file:
            data = file.read(proof.MAX_PROOF_BYTES + 1)
        with beside.open("rb") as file:
            entry = file.read(1 << 16)
        return proof.parse(data), entry
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}; a proof is checked with the entry beside it") from None
    except Refused as refusal:
        raise UserError(f"{path}: {refusal}") from None


def _log(held: Held, name: str | None) -> LogId:
    """Return the one log that is named, a shard by its own name."""
    names = ", ".join(map(str, held.logs)) or "none"
    for log in held.logs:
        if str(log) == name:
            return log
    raise UserError(f"a proof is of one log; name it with --log: {names}")


def _entry(held: Held, log: LogId, index: int, size: int) -> bytes:
    return source.entries(held.source, log, index, index + 1, size)[0]


def _log_key(held: Held, log: LogId, size: int) -> PublicKey:
    """Return the key that signs the log's checkpoint, as its owner's roster log names it."""
    rosters = roster_log(log.owner)
    if rosters not in held.logs:
        raise UserError(f"{rosters} is not there; without it nobody knows the key of {log}")
    count = checkpoints.unverified(held.source.checkpoint(rosters)).size
    entries = source.entries(held.source, rosters, 0, count, count)
    first = hear(dsse.parse(entries[0]).payload)
    keys = Keyrings(log.owner, first.run, first.mode)
    for entry in entries:
        keys = keys.learn(entry)
    return keys.log_key(logged_tai_ns(_entry(held, log, size - 1, size)))


def _says(entry: bytes) -> str:
    try:
        message = hear(dsse.parse(entry).payload)
    except ValueError:
        return "which is not understood"
    time = utc_from_tai_ns(message.logged_tai_ns, digits=3)
    return f"{time} {kind_of(message)} by {message.origin}: {in_words(message)}"
