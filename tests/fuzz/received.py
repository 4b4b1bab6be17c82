"""What arrives at a centre in service: frames, files on a stick, requests at its door, a log's directory, its settings.

Whatever comes, nothing of it is stored, cosigned or answered that was not verified, and nothing ends what takes it in.
"""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from jointwatch.centre import addresses, configuration
from jointwatch.exchange import carrier, equivocation, frame, stick, tiles
from jointwatch.exchange.carrier import WIRE_VERSION, Answer, Cosignatures, Health, Position, Pull
from jointwatch.exchange.equivocation import Equivocation
from jointwatch.exchange.https.app import ExchangeApp
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.roles import PARTNER, Caller
from tests.exchange import two_centres as world
from tests.exchange.second import directories
from tests.fuzz.forms import VECTORS
from tests.fuzz.target import Target, agreed, value_of

PATHS = ("/exchange/v1/pull", "/exchange/v1/give-back", "/exchange/v1/cosign", "/exchange/v1/health")
ANSWERED = {200, 204, 400, 403, 404, 405, 409, 413, 422}
FILES = ("checkpoint", "tile/0/000.p/5", "tile/entries/000.p/5", "tile/1/000", "tile/entries/000", "more")

SETTINGS = """centre = "moscow"
run = "joint-watch"
mode = "exercise"
listen = "127.0.0.1:8701"
publish = "/srv/www/moscow"

[nats]
address = "127.0.0.1:4222"
consoles = ["hall"]
"""


@lru_cache
def folder() -> Path:
    """Return a folder of this process, gone at its end."""
    found = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, found, ignore_errors=True)
    return found


@lru_cache
def centres() -> tuple[Any, Any]:
    """Return Moscow, with five notices, and Brussels, which has mirrored three of them."""
    place = folder() / "centres"
    place.mkdir()
    keys = map(SigningKey, (bytes([number]) * 32 for number in range(1, 99)))
    with mock.patch.object(world.SigningKey, "generate", side_effect=keys):  # an input means the same in every run
        moscow, brussels = world.two_centres(place)
    for number in range(3):
        moscow.say("common", "notify", f"notice {number}")
    world.settle([moscow, brussels])
    for number in range(3, 5):
        moscow.say("common", "notify", f"notice {number}")
    return moscow, brussels


def held(centre: Any) -> dict[str, tuple[int, bytes, bytes]]:
    """Return size, root and cosigned checkpoint of every log a centre holds."""
    store = centre.store
    return {str(log): (store.size(log), store.root(log), store.checkpoint(log)) for log in store.logs()}


def _received(data: bytes) -> bool:
    moscow, brussels = centres()
    before = held(brussels)
    accepted = value_of(lambda: _accepted(moscow, brussels, data))
    if accepted is None or not accepted.messages:
        assert held(brussels) == before
        return accepted is not None
    true = moscow.store.entries(accepted.log, 0, accepted.positions.stop)
    assert brussels.store.entries(accepted.log) == true, "something was stored that Moscow never said"
    return True


def _accepted(moscow: Any, brussels: Any, data: bytes) -> Any:
    """Return what a frame brought; evidence of two histories must hold, and is forgotten again."""
    try:
        return brussels.mirror.accept(data)
    except Equivocation as found:
        equivocation.check(found.evidence, [moscow.log_key.public])
        brussels.mirror.frozen.clear()
        raise


def _on_a_stick(data: bytes) -> bool:
    """The first byte says whether it lies there as a frame or as a receipt."""
    if not data:
        return False
    moscow, brussels = centres()
    place = folder() / "stick"
    shutil.rmtree(place, ignore_errors=True)
    writer, reader = ("moscow", "brussels") if data[0] % 2 else ("brussels", "moscow")
    box = stick.folder(place, moscow.run, writer, reader)
    box.mkdir(parents=True)
    (box / f"one{stick.FRAME if data[0] % 2 else stick.RECEIPT}").write_bytes(data[1:])
    before = held(brussels), held(moscow)
    if data[0] % 2:
        taken = stick.take_in(place, brussels.mirror, "moscow")
    else:
        taken = stick.collect(place, moscow.desk, "brussels", run=moscow.run)
    brussels.mirror.frozen.clear()
    if taken.refused:
        assert (held(brussels), held(moscow)) == before
        assert all(str(refusal).isprintable() for _, refusal in taken.refused)
    return not taken.refused


def _at_the_door(data: bytes) -> bool:
    """The first byte says where; the rest is the body, in pieces of four thousand bytes."""
    if not data:
        return False
    moscow, _ = centres()
    status, answer = asyncio.run(_asked(ExchangeApp(moscow.desk), PATHS[data[0] % len(PATHS)], data[1:]))
    assert status in ANSWERED, status
    if status >= 400 and status != 409:
        assert 0 < len(answer) < 2_000
        return False
    return True


async def _asked(app: ExchangeApp, path: str, body: bytes) -> tuple[int, bytes]:
    parts = [body[at : at + 4_000] for at in range(0, len(body), 4_000)] or [b""]
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    caller = Caller("brussels", frozenset(PARTNER), "SHA256:")
    method = "GET" if path.endswith("health") else "POST"
    scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b"", "http_version": "1.1"}
    await app({**scope, "root_path": "", "scheme": "https", "state": {"caller": caller}}, receive, send)
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])


def _wire(data: bytes) -> bool:
    """The first byte says which of the bodies it is to be."""
    kinds = (Pull, Answer, Cosignatures, Health)
    if not data:
        return False
    kind = kinds[data[0] % len(kinds)]
    found = value_of(lambda: carrier.parse(data[1:], kind))
    assert found is None or carrier.parse(msgspec.msgpack.encode(found), kind) == found
    return found is not None


def _log_directory(data: bytes) -> bool:
    """The first byte says which file of a good directory these bytes take the place of, or stand beside."""
    if not data:
        return False
    place = folder() / "log"
    shutil.rmtree(place, ignore_errors=True)
    entries = [bytes.fromhex(one) for one in VECTORS["log"]["entries"]]
    tiles.write_log_directory(place, entries, bytes.fromhex(VECTORS["log"]["checkpoint"]))
    path = place / FILES[data[0] % len(FILES)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data[1:])
    both = agreed(lambda: tiles.read_log_directory(place), lambda: directories.log(place, "moscow/common/notify"))
    assert both is None or both[0][0] == both[1].entries
    return both is not None


def _settings(data: bytes) -> bool:
    place = folder() / configuration.FILE
    place.write_bytes(data)
    try:
        found, why = configuration.parsed(place, configuration.Configuration), ""
    except configuration.ConfigurationError as error:
        found, why = None, str(error)
    if found is None:
        assert str(place) in why
        assert why.replace("\n", " ").isprintable()
        return False
    assert addresses.split(found.listen)
    return True


def _frames() -> list[bytes]:
    moscow, _ = centres()
    logs = [log for log in moscow.store.logs() if log.owner == "moscow"]
    return [frame.encode(moscow.store.frame(log, 0)) for log in logs]


def _requests() -> list[bytes]:
    _, brussels = centres()
    positions = brussels.mirror.positions("moscow")
    notes = {str(log): brussels.store.checkpoint(log) for log in brussels.store.logs() if log.owner == "moscow"}
    pull = msgspec.msgpack.encode(Pull(WIRE_VERSION, positions))
    wrong = {name: Position(at.size, bytes(32)) for name, at in positions.items()}
    nothing = msgspec.msgpack.encode(Pull(WIRE_VERSION, {}))
    some = msgspec.msgpack.encode(Pull(WIRE_VERSION, positions, 0, 8192, (*positions, "no log")))
    asked = [b"\0" + pull, b"\0" + some, b"\1" + nothing, b"\0" + msgspec.msgpack.encode(Pull(WIRE_VERSION, wrong))]
    return [*asked, b"\2" + msgspec.msgpack.encode(Cosignatures(WIRE_VERSION, notes)), b"\3"]


def _bodies() -> list[bytes]:
    moscow, brussels = centres()
    bodies = [
        Pull(WIRE_VERSION, brussels.mirror.positions("moscow"), without=("moscow/common/notify",)),
        moscow.desk.pull("brussels", {}),
        Cosignatures(WIRE_VERSION, {"moscow/common/notify": b"note"}),
        Health(WIRE_VERSION, "moscow", "brussels"),
    ]
    return [bytes([number]) + msgspec.msgpack.encode(body) for number, body in enumerate(bodies)]


def _on_the_stick() -> list[bytes]:
    _, brussels = centres()
    receipts = [brussels.store.checkpoint(log) for log in brussels.store.logs() if log.owner == "moscow"]
    return [*(b"\1" + one for one in _frames()), *(b"\0" + one for one in receipts)]


def _files() -> list[bytes]:
    place = folder() / "good"
    shutil.rmtree(place, ignore_errors=True)
    entries = [bytes.fromhex(one) for one in VECTORS["log"]["entries"]]
    tiles.write_log_directory(place, entries, bytes.fromhex(VECTORS["log"]["checkpoint"]))
    return [bytes([number]) + (place / name).read_bytes() for number, name in enumerate(FILES[:3])]


TARGETS = {
    "received_frame": Target(_received, _frames),
    "on_a_stick": Target(_on_a_stick, _on_the_stick),
    "at_the_door": Target(_at_the_door, _requests, packed=1),
    "wire": Target(_wire, _bodies, packed=1),
    "log_directory": Target(_log_directory, _files),
    "centre_toml": Target(_settings, lambda: [SETTINGS.encode()]),
}
