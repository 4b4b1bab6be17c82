"""Published logs: a folder that any web server can hand out, or its address [c2sp.org/tlog-tiles].

    logs.json                                       which logs there are, for whoever was told the address alone
    <owner>/<audience>/<class>[/<month>]/...        each log's directory

Nothing is believed because it stands there: what is read verifies or does not. A log grows while it is read; a partial
tile may have made way for the full one, of which the beginning is taken then.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jointwatch.exchange import merkle, tiles
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.source import Files
from jointwatch.exchange.tiles import WIDTH, DirectoryRefused

if TYPE_CHECKING:
    import httpx

INDEX = "logs.json"
RULE = "jointwatch published logs"
_MAX_INDEX_BYTES = 1 << 20
_TIME_S = 20.0


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What logs.json says. Nothing vouches for it: a log that it leaves out is not seen, no more."""

    v: int
    logs: tuple[str, ...]

    def named(self) -> list[LogId]:
        """Return the logs it names, in order."""
        if self.v != 1:
            raise Refused(RULE, f"{INDEX} is of version {self.v}; 1 is read")
        found = [LogId.parse(name) for name in self.logs]
        if list(self.logs) != sorted(set(self.logs)):
            raise Refused(RULE, f"{INDEX} does not name each log once in alphabetical order")
        return sorted(found)


@dataclass(frozen=True)
class Growing:
    """A source whose logs grow while they are read: where a partial tile is gone, the full one begins with it."""

    files: Files

    def checkpoint(self, log: LogId) -> bytes:
        """Return the newest checkpoint, cosignatures included."""
        return self.files.checkpoint(log)

    def bundle(self, log: LogId, index: int, width: int) -> list[bytes]:
        """Return the `width` entries of tile `index`."""
        try:
            return self.files.bundle(log, index, width)
        except Missing:
            return self.files.bundle(log, index, WIDTH)[:width]

    def tile(self, log: LogId, level: int, index: int, width: int) -> bytes:
        """Return the `width` hashes of a tile, one behind the other."""
        try:
            return self.files.tile(log, level, index, width)
        except Missing:
            return self.files.tile(log, level, index, WIDTH)[: width * merkle.HASH_BYTES]

    def place(self, log: LogId, name: str) -> str:
        """Return the path of a log's file."""
        return self.files.place(log, name)


class Missing(DirectoryRefused):
    """A file that is not there, or no longer."""


def site(address: str) -> Growing:
    """Return the published logs at an address of the web, or in a folder."""
    return Growing(Files(partial(_file_of_site, address)))


def logs_of(address: str) -> list[LogId]:
    """Return the logs that a site's index names; raise Refused where there is none, or not one."""
    return read_index(fetched(address, INDEX, _MAX_INDEX_BYTES))


def read_index(data: bytes) -> list[LogId]:
    """Return the logs that the bytes of an index name, in order."""
    try:
        return msgspec.json.decode(data, type=Index).named()
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refused(RULE, f"{INDEX} is not what a site of logs has there: {error}") from None


def fetched(address: str, path: str, limit: int) -> bytes:
    """Return a file of a site, of at most `limit` bytes; raises DirectoryRefused, which names it."""
    if not address.startswith(("http://", "https://")):
        return _of_folder(Path(address), path, limit)
    import httpx  # a sixth of what a centre loads to serve, and a centre fetches nothing here

    try:
        return _over_the_web(f"{address.rstrip('/')}/{path}", path, limit)
    except httpx.HTTPError as error:
        raise DirectoryRefused(path, f"cannot be fetched: {type(error).__name__} {error}".rstrip()) from None


def _file_of_site(address: str, log: LogId, name: str, limit: int) -> bytes:
    try:
        return fetched(address, f"{log}/{name}", limit)
    except Missing as missing:
        raise Missing(name, missing.sentence.removeprefix(f"{missing.file}: ")) from None
    except DirectoryRefused as refusal:
        raise DirectoryRefused(name, refusal.sentence.removeprefix(f"{refusal.file}: ")) from None


def _of_folder(folder: Path, path: str, limit: int) -> bytes:
    if not (folder / path).exists():
        raise Missing(path, "is missing")
    return tiles.read_file(folder, path, limit)


def _over_the_web(url: str, path: str, limit: int) -> bytes:
    body = bytearray()
    with _client(os.getpid()).stream("GET", url) as response:
        if response.status_code == 404:
            raise Missing(path, "is missing")
        if response.status_code != 200:
            raise DirectoryRefused(path, f"cannot be fetched: the answer was {response.status_code}")
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > limit:
                raise DirectoryRefused(path, f"has more than {limit} bytes, the most it can have")
    return bytes(body)


@lru_cache(maxsize=1)
def _client(_process: int) -> httpx.Client:
    """Return this process's client: kept connections, no compression, no redirects."""
    import httpx

    return httpx.Client(timeout=_TIME_S, headers={"accept-encoding": "identity"})
