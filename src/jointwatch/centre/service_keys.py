"""The private keys that a centre in service holds: of each purpose the last that its roster names.

They lie in the folder `keys`, as log.pem, log-2.pem and so on. A key that was made for a roster which nobody has signed
yet lies in `keys/next` and is taken up with that roster. The officers' root keys are not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange import dsse, tls
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import PublicKey, SigningKey, read_key, read_or_create_key, write_key
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode

HELD = ("log", "cosign", "desk")
NEXT = "next"
RULE = "jointwatch centre keys"


@dataclass(frozen=True)
class ServiceKeys:
    """The keys in use. desks: the desk keys held, of now and of a roster that is not in force yet."""

    log: SigningKey
    cosign: SigningKey
    desks: tuple[SigningKey, ...]
    line: tls.Identity
    former_log_keys: tuple[PublicKey, ...] = ()

    def said_by_desk(self, message: Message, own: Keyrings) -> bytes:
        """Return a message as an entry under the desk key of the roster in force when it is logged."""
        return dsse.sign(PAYLOAD_TYPE, encode(message), [self.desk(own, message.logged_tai_ns)]).encode()

    def desk(self, own: Keyrings, tai_ns: int) -> SigningKey:
        """Return the desk key of the roster in force at a time."""
        valid = own.at(tai_ns).keys("desk", tai_ns) if own.rings else ()
        return next((key for key in reversed(self.desks) if key.public in valid), self.desks[-1])


def make(folder: Path, centre: str) -> ServiceKeys:
    """Return the first keys of a new centre, made now."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log, cosign, desk = (read_or_create_key(folder / f"{purpose}.pem") for purpose in HELD)
    return ServiceKeys(log, cosign, (desk,), tls.ensure_identity(folder / "line", centre))


def held(folder: Path, own: Keyrings) -> ServiceKeys:
    """Return the keys in a folder that speak for the centre by its roster log.

    Where that is not known, because the record was lost, they are the newest that lie there.
    """
    line = tls.ensure_identity(folder / "line", own.centre)
    found = {purpose: _files(folder, purpose) for purpose in HELD}
    log, cosign = (_last(found[purpose], own, purpose, folder) for purpose in ("log", "cosign"))
    former = tuple(key.public for key in found["log"])
    return ServiceKeys(log, cosign, tuple(found["desk"]), line, former)


def draft_key(folder: Path, purpose: str) -> SigningKey:
    """Return a new key for a purpose, kept apart until a roster that names it is taken up."""
    number = len(_files(folder, purpose)) + 1
    box = folder / NEXT
    box.mkdir(mode=0o700, exist_ok=True)
    path = box / f"{purpose}-{number}.pem"
    path.unlink(missing_ok=True)  # of a draft that came to nothing
    write_key(path, key := SigningKey.generate())
    return key


def take_up(folder: Path, own: Keyrings) -> None:
    """Move the keys that the newest roster names from `next` to their place."""
    named = {key.public_key for key in own.rings[-1].roster.keys}
    for path in sorted((folder / NEXT).glob("*.pem")):
        if read_key(path).public.data in named:
            path.rename(folder / path.name)


def _files(folder: Path, purpose: str) -> list[SigningKey]:
    """Return the keys of a purpose that lie in a folder, oldest first."""
    numbered = [path for path in folder.glob(f"{purpose}-*.pem") if path.stem.removeprefix(f"{purpose}-").isdigit()]
    later = sorted(numbered, key=lambda path: int(path.stem.rpartition("-")[2]))
    return [read_key(path) for path in (folder / f"{purpose}.pem", *later) if path.exists()]


def _last(keys: Sequence[SigningKey], own: Keyrings, purpose: str, folder: Path) -> SigningKey:
    if not keys:
        raise Refused(RULE, f"{folder} holds no {purpose} key; put back {purpose}.pem from where it is kept safe")
    if not own.rings:
        return keys[-1]
    named = [key.public_key for key in own.rings[-1].roster.keys if key.purpose == purpose]
    held = [key for key in keys if key.public.data in named]
    if not held:
        raise Refused(RULE, f"{folder} holds no {purpose} key that the centre's roster names; put it back there")
    return held[-1]
