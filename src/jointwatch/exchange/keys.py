"""Ed25519 keys under one named rule: libsodium's strict verification, everywhere.

OpenSSL and libsodium disagree on 165 of 914 published edge cases (small-order and mixed-order points,
non-canonical encodings). Two centres that use different rules can be made to disagree about one entry, so this
is the only module that verifies a signature, and the only one that imports PyNaCl.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import stat
from functools import lru_cache
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey as _SodiumSigningKey
from nacl.signing import VerifyKey as _SodiumVerifyKey

from jointwatch.exchange import whole_file
from jointwatch.exchange.refused import Refused

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
RULE = "Ed25519 RFC 8032, libsodium's strict rule"

# RFC 8410: the DER head of a PKCS #8 Ed25519 private key; the 32-byte seed follows. `openssl pkey` reads the file.
_PKCS8_HEAD = bytes.fromhex("302e020100300506032b657004220420")
_PEM_BEGIN, _PEM_END = "-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY-----\n"


class PublicKey:
    """A 32-byte Ed25519 public key; equal and hashable by its bytes."""

    __slots__ = ("_key", "data")

    def __init__(self, data: bytes):
        if len(data) != PUBLIC_KEY_BYTES:
            raise Refused(RULE, f"a public key has {PUBLIC_KEY_BYTES} bytes; this one has {len(data)}")
        self.data = bytes(data)
        self._key = _SodiumVerifyKey(self.data)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return nothing where `signature` (64 bytes) is this key's over `message`; raise Refused otherwise."""
        if len(signature) != SIGNATURE_BYTES:
            raise Refused(RULE, f"a signature has {SIGNATURE_BYTES} bytes; this one has {len(signature)}")
        try:
            self._key.verify(message, signature)
        except CryptoError:
            raise Refused(RULE, f"the signature is not one of the key {self.fingerprint} over these bytes") from None

    @property
    def fingerprint(self) -> str:
        """The text people compare: "SHA256:" and the unpadded base64 of the SHA-256 of the 32 bytes.

        >>> PublicKey(bytes(32)).fingerprint
        'SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU'
        """
        return fingerprint(self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.data == self.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return f"PublicKey({self.fingerprint})"


class SigningKey:
    """An Ed25519 private key; its repr shows the public half only."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes):
        if len(seed) != PUBLIC_KEY_BYTES:
            raise Refused(RULE, f"a private key's seed has {PUBLIC_KEY_BYTES} bytes; this one has {len(seed)}")
        self._key = _SodiumSigningKey(seed)
        self.public = PublicKey(bytes(self._key.verify_key))

    @classmethod
    def generate(cls) -> SigningKey:
        """Return a new key from the operating system's randomness."""
        return cls(secrets.token_bytes(PUBLIC_KEY_BYTES))

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`; the same message always gives the same bytes."""
        return self._key.sign(message).signature

    def seed(self) -> bytes:
        """Return the secret 32 bytes; for the key file only."""
        return bytes(self._key)

    def __repr__(self) -> str:
        return f"SigningKey(public {self.public.fingerprint})"


@lru_cache(maxsize=1_024)  # asked for with every signature
def fingerprint(public_key: bytes) -> str:
    """Return "SHA256:..." of a public key's bytes, as `PublicKey.fingerprint` does; also for other kinds of key."""
    digest = hashlib.sha256(public_key).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def write_key(path: Path, key: SigningKey) -> None:
    """Keep a private key in a new file that only its owner may read (0600); never overwrites one.

    The file appears whole or not at all: written beside its name, flushed to the disk, then linked to it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    body = base64.b64encode(_PKCS8_HEAD + key.seed()).decode()
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(_PEM_BEGIN + body + _PEM_END)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # refuses where the name is taken, unlike a rename
        whole_file.flush_folder(path.parent)
    except FileExistsError:
        raise FileExistsError(
            f"{path} already holds a key; keys are not overwritten, choose another directory"
        ) from None
    finally:
        part.unlink()


def read_key(path: Path) -> SigningKey:
    """Return the private key kept in `path`; refuses a file that others may read, or that holds something else."""
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise Refused("key file 0600", f"{path} may be read by others (mode {mode:04o}); run `chmod 600 {path}`")
        text = file.read(1000).decode("ascii", "replace")
    try:
        der = base64.b64decode(text.removeprefix(_PEM_BEGIN).removesuffix(_PEM_END), validate=True)
    except (binascii.Error, ValueError):
        der = b""
    if not der.startswith(_PKCS8_HEAD) or len(der) != len(_PKCS8_HEAD) + PUBLIC_KEY_BYTES:
        raise Refused("RFC 8410 PKCS #8", f"{path} is not an Ed25519 private key as this program writes it")
    return SigningKey(der[len(_PKCS8_HEAD) :])


def read_or_create_key(path: Path) -> SigningKey:
    """Return the key kept in `path`, made now where there is none yet."""
    if not path.exists():
        write_key(path, SigningKey.generate())
    return read_key(path)
