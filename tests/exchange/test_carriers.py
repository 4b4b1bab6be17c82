"""One suite for every carrier: whatever moves the frames, the same is kept, the same refused, and nothing lost."""

from __future__ import annotations

import contextlib
import functools
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from jointwatch.exchange import frame as frames
from jointwatch.exchange import stick
from jointwatch.exchange.carrier import MOST_ASKED_BYTES, Answer, Desk, LineCut, Position
from jointwatch.exchange.direct import DirectLine
from jointwatch.exchange.equivocation import Equivocation
from jointwatch.exchange.follow import Line, follow
from jointwatch.exchange.https.server import Client, Server
from jointwatch.exchange.log import Store
from jointwatch.exchange.nats import line as nats
from jointwatch.exchange.nats.broker import Broker
from jointwatch.exchange.nats.line import NatsLine
from jointwatch.exchange.nats.settings import User, centre_user, reader_user
from jointwatch.exchange.tls import Identity, ensure_identity
from jointwatch.messages.incident import Incident
from tests.exchange import two_centres as world
from tests.exchange.nats_server import NatsServer, issued

CARRIERS = ("direct", "https", "stick", "nats")
NAMES = ("moscow", "brussels", "ankara")
Alter = Callable[[list[bytes]], list[bytes]]


class TamperedDesk:
    """A centre's desk with someone in between who alters the frames that leave it."""

    def __init__(self, centre: Any) -> None:
        self.behind, self.centre = centre, centre.name
        self.alter: Alter = list

    def pull(
        self,
        peer: str,
        positions: Mapping[str, Position],
        *,
        max_bytes: int = MOST_ASKED_BYTES,
        without: Collection[str] = (),
    ) -> Answer:
        answer: Answer = self.behind.desk.pull(peer, positions, max_bytes=max_bytes, without=without)
        return Answer(answer.v, self.alter(list(answer.frames)), answer.conflicts, answer.more)

    def give_back(self, peer: str, positions: Mapping[str, Position]) -> Answer:
        answer: Answer = self.behind.desk.give_back(peer, positions)
        return Answer(answer.v, self.alter(list(answer.frames)), answer.conflicts, answer.more)

    def cosign(self, peer: str, notes: Mapping[str, bytes]) -> None:
        self.behind.desk.cosign(peer, notes)

    def listen(self, heard: Callable[[], None]) -> None:
        self.behind.desk.listen(heard)


@dataclass
class Carried:
    """What one carriage from a writer to a reader, and of the receipts back, brought."""

    accepted: list[Any]
    refusals: list[Exception]
    turned_down: list[str]

    @property
    def trouble(self) -> str:
        return "; ".join([*map(str, self.refusals), *self.turned_down])


class Carrier(Protocol):
    """Brings what a writer's desk has for a reader, and the receipts back."""

    cut: bool

    def carry(self, reader: Any, desk: TamperedDesk) -> Carried: ...


def followed(line: Line, reader: Any) -> Carried:
    """Rounds until there is no more to ask for."""
    carried = Carried([], [], [])
    for _ in range(64):
        found = follow(line, reader.mirror)
        carried.accepted += found.accepted
        carried.refusals += found.refusals
        carried.turned_down += [said for said in (found.turned_down, found.cut) if said]
        if not found.more or found.refusals:
            break
    return carried


class DirectCarrier:
    def __init__(self, folder: Path, identities: Mapping[str, Identity]) -> None:
        self.cut = False

    def carry(self, reader: Any, desk: TamperedDesk) -> Carried:
        line = DirectLine(desk, reader.name)
        line.broken = self.cut
        return followed(line, reader)


class HttpsCarrier:
    """A door is opened for each carriage; while the line is cut, it stays shut."""

    def __init__(self, folder: Path, identities: Mapping[str, Identity]) -> None:
        self.cut, self.identities = False, identities

    def carry(self, reader: Any, desk: Desk) -> Carried:
        own, theirs = self.identities[reader.name], self.identities[desk.centre]
        door = Server(desk, theirs, {reader.name: own.authority_pem()})
        port = door.start()
        with contextlib.ExitStack() as stack:
            stack.callback(door.stop)
            line = stack.enter_context(
                Client(own, desk.centre, theirs.authority_pem(), host="127.0.0.1", port=port, timeout_s=60)
            )
            if self.cut:
                door.stop()
            return followed(line, reader)


class StickCarrier:
    """There and back again; a cut line is a stick that nobody carries."""

    def __init__(self, folder: Path, identities: Mapping[str, Identity]) -> None:
        self.cut, self.stick = False, folder / "stick"

    def carry(self, reader: Any, desk: TamperedDesk) -> Carried:
        if self.cut:
            return Carried([], [], ["cut: nobody carries the stick"])
        writer = desk.behind
        shutil.rmtree(self.stick, ignore_errors=True)
        held = writer.desk.acknowledged(reader.name)
        self._tamper(stick.load(self.stick, writer.desk, reader.name, held, run=writer.run), desk.alter, writer, reader)
        taken = stick.take_in(self.stick, reader.mirror, writer.name)
        back = stick.collect(self.stick, desk, reader.name, run=writer.run)
        return Carried(
            list(taken.accepted), [refusal for _, refusal in taken.refused], [str(said) for _, said in back.refused]
        )

    def _tamper(self, files: Sequence[Path], alter: Alter, writer: Any, reader: Any) -> None:
        """Someone has the stick on the way, and puts other files there."""
        found = [path.read_bytes() for path in files]
        for path in files:
            path.unlink()
        box = stick.folder(self.stick, writer.run, writer.name, reader.name)
        for number, data in enumerate(alter(found)):
            box.mkdir(parents=True, exist_ok=True)
            (box / f"{number}.frame").write_bytes(data)


class NatsCarrier:
    """Question and answer over a NATS server; while the line is cut, the writer is not connected to it."""

    def __init__(self, folder: Path, identities: Mapping[str, Identity], server: NatsServer) -> None:
        self.cut, self.folder, self.server = False, folder, server
        self.authority_pem = server.identity.authority_pem()

    def carry(self, reader: Any, desk: TamperedDesk) -> Carried:
        with contextlib.ExitStack() as stack:
            if not self.cut:
                answering = self._broker(desk.centre)
                nats.open_desk(answering, desk, desk.behind.run)
                self._connected(stack.enter_context(answering))
            asking = stack.enter_context(self._broker(reader.name))
            return followed(NatsLine(self._connected(asking), desk.centre, run=reader.run), reader)

    def _broker(self, name: str) -> Broker:
        identity = Identity(name, self.server.folder / name)
        return Broker(identity, self.authority_pem, port=self.server.port)

    def _connected(self, broker: Broker) -> Broker:
        deadline = time.monotonic() + 60
        while not broker.connected:
            assert time.monotonic() < deadline, broker.cut
            time.sleep(0.005)
        return broker


KINDS: dict[str, Any] = {"direct": DirectCarrier, "https": HttpsCarrier, "stick": StickCarrier}


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Identity]:
    base = tmp_path_factory.mktemp("line")
    return {name: ensure_identity(base / name, name) for name in NAMES}


@pytest.fixture(scope="module")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """One server for all three, under an authority of its own: each a centre, and a reader of the two others."""
    base = tmp_path_factory.mktemp("nats")
    authority, run = ensure_identity(base / "authority", "operator"), "rehearsal-1"
    users = []
    for name in NAMES:
        issued(base / "server" / name, authority, name)
        readers = [reader_user(run, other, name) for other in NAMES if other != name]
        users.append(functools.reduce(User.and_as, readers, centre_user(run, name)))
    with NatsServer(base / "server", authority, users) as server:
        yield server


@pytest.fixture(params=CARRIERS)
def carrier(request: pytest.FixtureRequest, tmp_path: Path, identities: dict[str, Identity]) -> Carrier:
    if request.param == "nats":
        return NatsCarrier(tmp_path, identities, request.getfixturevalue("nats_server"))
    made: Carrier = KINDS[request.param](tmp_path, identities)
    return made


@pytest.fixture
def centres(tmp_path: Path) -> Iterator[list[Any]]:
    made = world.two_centres(tmp_path, NAMES)
    yield made
    for centre in made:
        centre.close()


@pytest.fixture
def moscow(centres: list[Any]) -> Any:
    return centres[0]


@pytest.fixture
def brussels(carrier: Carrier, centres: list[Any]) -> Any:
    """Brussels, which has Moscow's roster, as Moscow has its: the keys are known from here on."""
    moscow, brussels = centres[:2]
    for reader, writer in ((brussels, moscow), (moscow, brussels), (brussels, moscow)):
        assert not carrier.carry(reader, TamperedDesk(writer)).refusals
    return brussels


def whole(writer: Any, reader: Any) -> bool:
    """Whether the reader holds every log it may read to the last entry, and the writer has the receipt for each."""
    for log in writer.desk._logs_for(reader.name):
        receipt = writer.store.cosigned(log, by=f"jointwatch/{writer.run}/{reader.name}")
        held = reader.store.entries(log) == writer.store.entries(log) and reader.store.root(log) == writer.store.root(
            log
        )
        if not held or receipt is None or receipt != writer.store.checkpoint(log):
            return False
    return True


def test_both_sides_end_with_equal_logs_and_each_others_receipts(carrier: Carrier, moscow: Any, brussels: Any) -> None:
    for number in range(3):
        moscow.say("common", "notify", f"notice {number}")
        moscow.say("brussels", "plot", f"scan {number}")
        brussels.say("moscow", "assess", f"finding {number}")
        assert carrier.carry(brussels, TamperedDesk(moscow)).trouble == ""
        assert carrier.carry(moscow, TamperedDesk(brussels)).trouble == ""
        assert whole(moscow, brussels)
        assert whole(brussels, moscow)


def test_a_backlog_of_many_frames_comes_whole_and_the_notice_before_the_plots(
    carrier: Carrier, moscow: Any, brussels: Any
) -> None:
    plots, notices = moscow.log("brussels", "plot"), moscow.log("brussels", "notify")
    scans = [moscow.entry(Incident, plots, about="info", text="scan " + "x" * 900) for _ in range(2_200)]
    moscow.store.append({plots: scans})
    moscow.say("brussels", "notify", "a launch")
    came = carrier.carry(brussels, TamperedDesk(moscow))
    assert came.trouble == ""
    assert [found.log for found in came.accepted][:2] == [notices, plots]
    assert sum(len(found.positions) for found in came.accepted) == 2_201
    assert whole(moscow, brussels)


def test_what_comes_twice_is_kept_once(carrier: Carrier, moscow: Any, brussels: Any) -> None:
    desk, past = TamperedDesk(moscow), list[bytes]()

    def again(found: list[bytes]) -> list[bytes]:
        past.extend(found)
        return [*past, *found]

    desk.alter = again
    for number in range(3):
        moscow.say("common", "notify", f"notice {number}")
        assert carrier.carry(brussels, desk).refusals == []
    assert whole(moscow, brussels)


def test_frames_in_the_wrong_order_lose_nothing(carrier: Carrier, moscow: Any, brussels: Any) -> None:
    log, desk = moscow.log("brussels", "plot"), TamperedDesk(moscow)
    moscow.store.append({log: [moscow.entry(Incident, log, about="info", text=f"{n}") for n in range(30)]})
    held = brussels.store.size(log)
    desk.alter = lambda _: [frames.encode(moscow.store.frame(log, at, max_n=10)) for at in (held + 20, held + 10, held)]
    first = carrier.carry(brussels, desk)
    assert all(refusal.rule == "next position" for refusal in first.refusals)  # type: ignore[attr-defined]
    desk.alter = list
    assert carrier.carry(brussels, desk).trouble == ""
    assert whole(moscow, brussels)


def damaged(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :]


@pytest.mark.parametrize("part", [0, 0.2, 0.5, 0.8, 1])
def test_a_damaged_frame_is_refused_by_its_rule_and_holds_up_no_other_log(
    carrier: Carrier, moscow: Any, brussels: Any, part: float
) -> None:
    moscow.say("brussels", "notify", "a launch")
    moscow.say("brussels", "plot", "a scan")
    desk = TamperedDesk(moscow)
    desk.alter = lambda found: [*found[:-1], damaged(found[-1], int(part * (len(found[-1]) - 1)))]
    came = carrier.carry(brussels, desk)
    assert [type(refusal).__name__ for refusal in came.refusals] == ["Refused"]
    assert [found.log for found in came.accepted] == [moscow.log("brussels", "notify")]
    assert brussels.mirror.frozen == set()
    desk.alter = list
    assert carrier.carry(brussels, desk).trouble == ""
    assert whole(moscow, brussels)


def test_an_entry_left_out_is_refused(carrier: Carrier, moscow: Any, brussels: Any) -> None:
    for number in range(3):
        moscow.say("brussels", "notify", f"notice {number}")
    desk = TamperedDesk(moscow)

    def thinned(found: list[bytes]) -> list[bytes]:
        whole_frame = frames.decode(found[0])
        return [frames.encode(replace(whole_frame, entries=whole_frame.entries[:1] + whole_frame.entries[2:]))]

    desk.alter = thinned
    assert "its checkpoint covers" in carrier.carry(brussels, desk).trouble
    assert brussels.store.size(moscow.log("brussels", "notify")) == 0


def test_a_third_centres_logs_are_neither_offered_nor_kept(
    carrier: Carrier, centres: list[Any], moscow: Any, brussels: Any
) -> None:
    moscow.say("ankara", "plot", "for ankara alone")
    moscow.say("moscow", "record", world.SECRET)
    moscow.say("brussels", "notify", "a launch")
    desk, seen = TamperedDesk(moscow), list[bytes]()

    def forced(found: list[bytes]) -> list[bytes]:
        seen.extend(found)
        return [*found, frames.encode(moscow.store.frame(moscow.log("ankara", "plot"), 0))]

    desk.alter = forced
    came = carrier.carry(brussels, desk)
    assert [refusal.rule for refusal in came.refusals] == ["audience"]  # type: ignore[attr-defined]
    assert not any(b"for ankara alone" in data or world.SECRET.encode() in data for data in seen)
    assert {log.audience for log in brussels.store.logs() if log.owner == "moscow"} == {"common", "brussels"}


def test_frames_of_another_run_are_refused(carrier: Carrier, moscow: Any, brussels: Any, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = world.two_centres(tmp_path / "other", run="rehearsal-2")
    log, desk = other[0].log("common", "notify"), TamperedDesk(moscow)
    other[0].say("common", "notify", "of another exercise")
    desk.alter = lambda _: [frames.encode(other[0].store.frame(log, 0))]
    moscow.say("common", "notify", "a launch")
    assert "rehearsal-2" in carrier.carry(brussels, desk).trouble
    for centre in other:
        centre.close()


def test_two_histories_of_one_log_freeze_it_with_evidence_and_the_others_go_on(
    carrier: Carrier, moscow: Any, brussels: Any, tmp_path: Path
) -> None:
    log = moscow.log("common", "notify")
    moscow.say("common", "notify", "what brussels was told")
    assert carrier.carry(brussels, TamperedDesk(moscow)).trouble == ""
    with Store(tmp_path / "twin.db", run=moscow.run, owner="moscow", log_key=moscow.log_key) as twin:
        twin.append({log: [moscow.entry(Incident, log, about="info", text="what ankara was told")]})
        other = frames.encode(twin.frame(log, 0))
    desk = TamperedDesk(moscow)
    moscow.say("brussels", "plot", "a scan")
    desk.alter = lambda found: [other, *found]
    came = carrier.carry(brussels, desk)
    assert [type(refusal) for refusal in came.refusals] == [Equivocation]
    assert brussels.mirror.frozen == {log}
    assert list((tmp_path / "brussels-evidence").glob("equivocation-*.json"))
    assert [found.log for found in came.accepted] == [moscow.log("brussels", "plot")]


def reopen(centre: Any, record: Path, partner: Any) -> None:
    """Open a centre's record anew."""
    centre.store = Store(record, run=centre.run, owner=centre.name, log_key=centre.log_key)
    centre.meet(partner)


def test_a_log_that_shows_less_than_it_once_did_is_noticed(
    carrier: Carrier, moscow: Any, brussels: Any, tmp_path: Path
) -> None:
    """Over a line by whoever asks; with a stick by whoever gets a receipt for entries it does not have."""
    moscow.say("common", "notify", "one")
    assert carrier.carry(brussels, TamperedDesk(moscow)).trouble == ""
    moscow.store.close()
    backup = Path(shutil.copy(tmp_path / "moscow.db", tmp_path / "backup.db"))
    reopen(moscow, tmp_path / "moscow.db", brussels)
    moscow.say("common", "notify", "two")
    assert carrier.carry(brussels, TamperedDesk(moscow)).refusals == []
    moscow.store.close()
    reopen(moscow, backup, brussels)
    trouble = carrier.carry(brussels, TamperedDesk(moscow)).trouble
    assert "2 were verified under its signature" in trouble or "has 1 entries; the note is over 2" in trouble
    assert brussels.store.size(moscow.log("common", "notify")) == 2


def test_a_cut_line_changes_nothing_but_the_time_of_arrival(carrier: Carrier, moscow: Any, brussels: Any) -> None:
    carrier.cut = True
    for number in range(5):
        moscow.say("common", "notify", f"notice {number}")
        brussels.say("moscow", "plot", f"scan {number}")
        assert carrier.carry(brussels, TamperedDesk(moscow)).trouble
        assert carrier.carry(moscow, TamperedDesk(brussels)).trouble
    carrier.cut = False
    assert carrier.carry(brussels, TamperedDesk(moscow)).trouble == ""
    assert carrier.carry(moscow, TamperedDesk(brussels)).trouble == ""
    assert whole(moscow, brussels)
    assert whole(brussels, moscow)


def test_a_direct_line_that_asks_for_anothers_log_is_turned_down(centres: list[Any]) -> None:
    line = DirectLine(centres[0].desk, "brussels")
    with pytest.raises(LineCut, match="not for brussels"):
        line.pull({"moscow/ankara/plot": Position(0, bytes(32))})
