"""What holders of keys may sign: anything. Each input is signed here as it must be, so that what lies behind is tried.

Both verifiers ask libsodium for Ed25519, which is held to the second one's own arithmetic elsewhere.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from unittest import mock

import msgspec

from jointwatch.exchange import dsse
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.key_bounds import KeyBounds, LogPlace
from jointwatch.messages.party_root import Officer, PartyRoot
from jointwatch.messages.roster import Roster, RosterKey
from tests.exchange.second import keys as second_keys
from tests.exchange.second import messages
from tests.fuzz.target import Target, agreed

CENTRE, RUN, MODE = "moscow", EXAMPLES["heartbeat"].run, "exercise"
START_TAI_NS = min(one.logged_tai_ns for one in EXAMPLES.values()) - 10**9
OFFICERS = ("anna", "boris", "vera")
PURPOSES = ("log", "cosign", "desk", "sensor:armavir", "releaser:anna", "releaser:boris")
NAMES = ("identity", *OFFICERS, *PURPOSES, "stranger")
KEYS = {name: SigningKey(bytes([number]) * 32) for number, name in enumerate(NAMES, 1)}
LOGS = (
    "moscow/common/notify",
    "moscow/brussels/plot",
    "moscow/common/roster",
    "moscow/common/accord",
    "moscow/moscow/acts",
)


def _said(kind: Callable[..., Message], name: str, **content: Any) -> bytes:
    header = {"mode": MODE, "run": RUN, "origin": CENTRE, "log": "moscow/common/roster", "id": name}
    return encode(kind(**header, logged_tai_ns=START_TAI_NS, **content))


def root() -> bytes:
    """Return the first party root: two of three officers sign from here on."""
    officers = tuple(Officer(name=name, public_key=KEYS[name].public.data) for name in OFFICERS)
    identity = KEYS["identity"].public.data
    return _said(PartyRoot, "root-1", number=1, identity=identity, threshold=2, officers=officers)


def roster(number: int = 1) -> bytes:
    """Return a roster that names every key."""
    keys = tuple(
        RosterKey(name=name, purpose=name, public_key=KEYS[name].public.data, valid_from_tai_ns=0) for name in PURPOSES
    )
    return _said(Roster, f"roster-{number}", number=number, identity=KEYS["identity"].public.data, keys=keys)


def bounds() -> bytes:
    """Return that the desk's key holds up to the tenth notice, and nowhere else."""
    until = (LogPlace(log=LOGS[0], index=10),)
    key = KEYS["desk"].public.data
    return _said(KeyBounds, "bounds-1", public_key=key, until=until, compromised=True, reason="stolen")


def signed(payload: bytes, *names: str) -> bytes:
    """Return the payload as an entry under these keys, or under all."""
    return dsse.sign(PAYLOAD_TYPE, payload, [KEYS[name] for name in names or NAMES]).encode()


@contextmanager
def by_libsodium() -> Iterator[None]:
    """Have the second verifier ask the same library as ours, a hundred times as fast as its own arithmetic."""
    with mock.patch.object(messages, "holds", _holds):
        yield


def _holds(key: bytes, said: bytes, signature: bytes) -> bool:
    try:
        PublicKey(key).verify(said, signature)
    except Refused:
        return False
    return True


@lru_cache
def _before() -> tuple[tuple[bytes, ...], ...]:
    """What the roster log holds when the input comes: nothing, the root, root and roster."""
    first, second = signed(root()), signed(roster())
    return (), (first,), (first, second), (second,)


@lru_cache
def _learned(entries: tuple[bytes, ...]) -> tuple[Keyrings, second_keys.Keys]:
    ours, theirs = Keyrings(CENTRE, RUN, MODE), second_keys.Keys(CENTRE, RUN, MODE)
    for entry in entries:
        ours = ours.learn(entry)
        theirs.learn(entry)
    return ours, theirs


def _roster_log(data: bytes) -> bool:
    """The first byte says what stood before; all keys sign, so that only what is said decides."""
    if not data:
        return False
    with by_libsodium():
        ours, theirs = copy.deepcopy(_learned(_before()[data[0] % 4]))
        entry = signed(data[1:])
        both = agreed(lambda: ours.learn(entry), lambda: theirs.learn(entry) or theirs)
        if both is None:
            return False
        now = both[0]
        assert (len(now.rings), len(now.bounds)) == (len(theirs.rosters), len(theirs.bounds))
        assert (now.root.number if now.root else 0) == (theirs.root["number"] if theirs.root else 0)
        _same_keys(now, theirs)
    return True


def _same_keys(ours: Keyrings, theirs: second_keys.Keys) -> None:
    """Raise AssertionError unless both know the same keys for checkpoints, now and much later."""
    for tai_ns in (0, START_TAI_NS, 2**62) if ours.rings else ():
        both = agreed(lambda at=tai_ns: ours.log_key(at).data, lambda at=tai_ns: theirs.single("log", at))
        assert both is None or both[0] == both[1]


def _entry(data: bytes) -> bool:
    """The first two bytes say who signs; the log is the one the message names, where it names one of these."""
    if len(data) < 2:
        return False
    mask = int.from_bytes(data[:2], "big")
    names = [name for number, name in enumerate(NAMES) if mask >> number & 1] or ["stranger"]
    log = next((log for log in LOGS if log.encode() in data), LOGS[0])
    with by_libsodium():
        ours, theirs = _learned(_before()[2])
        entry = signed(data[2:], *names)
        both = agreed(lambda: ours.open_entry(entry, LogId.parse(log)), lambda: theirs.open(entry, log))
    return both is not None


def _roster_log_seeds() -> list[bytes]:
    first = [b"\0" + root(), b"\0" + roster(), b"\1" + roster(), b"\2" + roster(2), b"\3" + root()]
    return [*first, b"\2" + bounds(), b"\3" + bounds()]


def _entry_seeds() -> list[bytes]:
    """Return examples for two logs, by the desk, and a plot report by its sensor."""
    desk, sensor = (1 << NAMES.index(name) for name in ("desk", "sensor:armavir"))
    found = []
    for kind, one in EXAMPLES.items():
        if kind in ("roster", "party_root", "key_bounds", "release_policy"):
            continue
        log = one.log if one.log in LOGS[3:] else LOGS[0]
        said = msgspec.structs.replace(one, run=RUN, mode=MODE, origin=CENTRE, log=log)
        found.append(desk.to_bytes(2, "big") + encode(said))
        if kind == "plot_report":
            mine = msgspec.structs.replace(said, sensor="armavir", withheld=(), commitment=b"")
            found.append(sensor.to_bytes(2, "big") + encode(mine))
    return found


TARGETS = {
    "roster_log": Target(_roster_log, _roster_log_seeds, packed=1),
    "entry": Target(_entry, _entry_seeds, packed=2),
}
