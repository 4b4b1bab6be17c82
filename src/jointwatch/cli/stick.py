"""A centre's record and a stick: what `jointwatch log export` and `log import` do where there is no line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jointwatch.centre import cards, configuration, founding, record, service_keys
from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.cli.errors import UserError
from jointwatch.exchange import stick
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey, read_key
from jointwatch.exchange.log import Store
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.refused import Refused


@dataclass(frozen=True)
class Fingerprint:
    """An identity as a trust file names it."""

    fingerprint: str


@dataclass(frozen=True)
class Came:
    """What a stick brought: lines for people, and one for each file that was refused."""

    lines: tuple[str, ...]
    refused: tuple[str, ...]


def write(database: Path, reader: str, out: Path) -> tuple[Path, ...]:
    """Return the files on the stick that now hold what the reader may have and has not acknowledged."""
    with opened(database) as (store, mode, _):
        desk = StoreDesk(store, lambda centre: Keyrings(centre, store.run, mode))
        try:
            return stick.load(out, desk, reader, desk.acknowledged(reader), run=store.run)
        except Refused as refusal:
            raise UserError(refusal.sentence) from None


def read(at: Path, database: Path, pinned: dict[str, str]) -> Came:
    """Return what the partners' files brought into the record; our receipts for it lie on the stick afterwards."""
    with opened(database) as (store, mode, cosign):
        partners = {centre: Fingerprint(key) for centre, key in pinned.items() if centre != store.owner}
        mirror = Mirror(
            store,
            mode=mode,
            identities=partners,
            cosign_key=cosign,
            evidence_folder=database.with_suffix(".evidence"),
        )
        desk = StoreDesk(store, mirror.keys)
        boxes = {name: stick.folder(at, store.run, name, store.owner) for name in sorted(partners)}
        if not any(box.is_dir() for box in boxes.values()):
            raise UserError(
                f"{at} holds nothing for {store.owner} in the run {store.run} from {', '.join(boxes) or 'anyone'}"
            )
        came = [_from(at, name, mirror, desk) for name, box in boxes.items() if box.is_dir()]
    return Came(tuple(x for part in came for x in part.lines), tuple(x for part in came for x in part.refused))


@contextmanager
def opened(database: Path) -> Iterator[tuple[Store, str, SigningKey]]:
    """Yield the record of a centre that is not running, its mode and its cosign key, as they follow from its place."""
    if not database.is_file():
        raise UserError(
            f"{database} is no centre's record; it lies in runs/RUN.sqlite of the centre's folder, or for exercises in "
            "MODE/CENTRE/runs/RUN.sqlite of the state folder"
        )
    folder = database.absolute().parents[1]
    try:
        store, mode, cosign = _in_service(folder) if Place(folder).configuration.exists() else _of_exercise(database)
    except (Refused, ConfigurationError) as refusal:
        raise UserError(str(refusal)) from None
    with store:
        yield store, mode, cosign


def _in_service(folder: Path) -> tuple[Store, str, SigningKey]:
    place, known, own = Place(folder), configuration.read(folder), cards.keys(cards.read(folder))
    keys = service_keys.held(place.keys, own)
    return founding.opened(place, known, keys, lambda said: keys.said_by_desk(said, own)), known.mode, keys.cosign


def _of_exercise(database: Path) -> tuple[Store, str, SigningKey]:
    at = record.place(database)
    store = Store(database, run=at.run, owner=at.centre, log_key=_key(database, "log"))
    return store, at.mode, _key(database, "cosign")


def _key(database: Path, purpose: str) -> SigningKey:
    path = record.place(database).keys / f"{purpose}.pem"
    try:
        return read_key(path)
    except OSError as error:
        raise UserError(f"the centre's {purpose} key {path} cannot be read: {error.strerror}") from None


def _from(at: Path, partner: str, mirror: Mirror, desk: StoreDesk) -> Came:
    """Frames before receipts: a partner's first roster says by which key its receipts are."""
    frames = stick.take_in(at, mirror, partner)
    receipts = stick.collect(at, desk, partner, run=mirror.store.run)
    lines = [
        f"{found.log}: entries {found.positions.start} to {found.positions.stop - 1}, verified, kept and cosigned"
        for found in frames.accepted
    ]
    lines += [f"{name}: {partner} has verified it" for name in receipts.receipts]
    return Came(tuple(lines), _told(partner, (*frames.refused, *receipts.refused)))


def _told(partner: str, refused: Sequence[tuple[str, Refused]]) -> tuple[str, ...]:
    return tuple(f"{partner}/{name}: {refusal}" for name, refusal in refused)
