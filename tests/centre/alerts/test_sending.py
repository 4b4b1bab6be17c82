"""Alerts reach a receiver once each, in order, through everything that a receiver and a line can do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jointwatch.centre import configuration
from jointwatch.centre.alerts import sending, webhook
from jointwatch.centre.alerts.desk import AlertDesk
from jointwatch.centre.alerts.outbox import HOLDS_NS
from jointwatch.centre.alerts.receivers import Receiver as Configured
from jointwatch.centre.alerts.receivers import Receivers
from jointwatch.centre.alerts.street import Street
from jointwatch.centre.configuration import Configuration, Place
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.messages.alert import Dispatch
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode, hear
from jointwatch.messages.examples import EXAMPLES
from tests.centre.alerts.receiver import Receiver, receiving
from tests.centre.serving import wait_for

LOG = LogId("moscow", "moscow", "alerts")
UPDATE: Any = msgspec.structs.replace(EXAMPLES["alert"], same_as=())
FIRST = msgspec.structs.replace(UPDATE, type="alert", earlier=(), reason="")
KEY = SigningKey(bytes(32))


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(sending, "LONGEST_PAUSE_S", 0.1)


class Centre:
    """A record, and the desk that alerts from it, which can be ended and begun again."""

    def __init__(self, folder: Path, **receivers: str) -> None:
        self.place, self.told = Place(folder), list[str]()
        (folder / "keys").mkdir(exist_ok=True)
        addressed = {name: {"address": address, "inner": True} for name, address in receivers.items()}
        self.known = Configuration(
            centre="moscow", run="run-1", mode="exercise", listen="127.0.0.1:8701",
            alerts=Receivers.model_validate({"receivers": addressed}),
        )  # fmt: skip
        self.store = Counter(folder / "run-1.sqlite", run="run-1", owner="moscow", log_key=KEY)
        self.said = self.store.size(LOG)

    @contextmanager
    def desk(self) -> Iterator[AlertDesk]:
        keys = Keyrings("moscow", "run-1", "exercise")
        with AlertDesk(self.store, self.place, self.known, lambda: keys, self._signed, self.told.append) as desk:
            yield desk

    def alert(self, message: Any = FIRST, track: str = "T-0001", at_tai_ns: int | None = None) -> None:
        self.said += 1
        about = msgspec.structs.replace(message.about, index=self.said)
        message = msgspec.structs.replace(
            message, run="run-1", log=str(LOG), id=f"a-{self.said}", logged_tai_ns=at_tai_ns or now_tai_ns(),
            about=about, items=msgspec.structs.replace(message.items, track=track),
        )  # fmt: skip
        self.store.hand_in([HandedIn(LOG, message.id, self._signed(message))])

    def dispatches(self) -> list[Dispatch]:
        found = [hear(dsse.parse(entry).payload) for entry in self.store.entries(LOG)]
        return [one for one in found if isinstance(one, Dispatch)]

    def outcomes(self) -> list[tuple[str, str]]:
        return [(one.receiver, one.outcome) for one in self.dispatches()]

    @staticmethod
    def _signed(message: Message) -> bytes:
        return dsse.sign(PAYLOAD_TYPE, encode(message), [KEY]).encode()


@pytest.fixture
def lend(tmp_path: Path) -> Iterator[Any]:
    """Makes a receiver and a centre that knows it."""
    with ExitStack() as open_:

        def made(receiver: Receiver) -> tuple[Receiver, Centre]:
            open_.enter_context(receiving(receiver))
            centre = Centre(tmp_path, police=receiver.address)
            open_.callback(centre.store.close)
            return receiver, centre

        yield made


def test_each_message_arrives_once_signed_and_is_on_record(lend: Any) -> None:
    receiver, centre = lend(Receiver())
    with centre.desk():
        centre.alert()
        wait_for(lambda: len(centre.dispatches()) == 1)
        centre.alert(UPDATE)
        wait_for(lambda: len(centre.dispatches()) == 2)
    assert [one.type for one in receiver.taken] == ["Alert", "Update"]
    public = webhook.public_text(sending_key(centre))
    for came in receiver.came:
        came.verify(public)
        assert came.headers["content-type"] == "application/cap+xml"
        assert came.alert.status == "Exercise"
    assert centre.outcomes() == [("police", "delivered")] * 2
    assert [one.answer for one in centre.dispatches()] == ["204 No Content"] * 2


def test_a_receiver_that_is_down_gets_everything_once_it_is_back(lend: Any) -> None:
    receiver, centre = lend(Receiver(answer=lambda number: 503 if number < 5 else 200))
    with centre.desk():
        centre.alert()
        centre.alert(track="T-0002")
        wait_for(lambda: len(centre.dispatches()) == 2)
    assert len({came.headers["webhook-id"] for came in receiver.came}) == 2
    assert len(receiver.came) == 7
    assert [one.tries for one in centre.dispatches()] == [6, 1]
    assert any("alerts do not reach police: 503 Service Unavailable" in text for text in centre.told)
    assert centre.told[-1] == "alerts reach police again"


def test_a_centre_that_ended_sends_what_waits_and_nothing_twice(lend: Any, tmp_path: Path) -> None:
    receiver, centre = lend(Receiver())
    with centre.desk():
        centre.alert()
        wait_for(lambda: len(centre.dispatches()) == 1)
    centre.alert(track="T-0002")
    with centre.desk():
        wait_for(lambda: len(centre.dispatches()) == 2)
    with centre.desk():
        pass
    assert [one.incidents for one in receiver.taken] == [("run-1:moscow:T-0001",), ("run-1:moscow:T-0002",)]
    assert len(receiver.came) == 2


def test_ended_between_answer_and_entry_the_same_id_is_sent_again(lend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as HTTP permits: the answer was lost, so the message goes again and says by its id that it is the same."""
    receiver, centre = lend(Receiver())
    with monkeypatch.context() as lost, centre.desk():
        lost.setattr(Counter, "hand_in", lost_hand_in(Counter.hand_in))
        centre.alert()
        wait_for(lambda: len(receiver.came) == 1)
    assert centre.dispatches() == []
    with centre.desk():
        wait_for(lambda: len(centre.dispatches()) == 1)
    assert len(receiver.came) == 2
    assert len(receiver.taken) == 1
    assert receiver.came[0].body == receiver.came[1].body


def test_a_full_disk_delays_the_record_and_sends_nothing_twice(lend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, centre = lend(Receiver())
    with centre.desk():
        with monkeypatch.context() as full:
            full.setattr(Counter, "hand_in", lost_hand_in(Counter.hand_in))
            centre.alert()
            wait_for(lambda: len(receiver.came) == 1)
        wait_for(lambda: len(centre.dispatches()) == 1)
    assert len(receiver.came) == 1


def test_what_is_refused_for_good_is_told_and_does_not_hold_up_the_rest(lend: Any) -> None:
    _, centre = lend(Receiver(answer=lambda number: 422 if number == 0 else 204))
    with centre.desk():
        centre.alert()
        centre.alert(track="T-0002")
        wait_for(lambda: len(centre.dispatches()) == 2)
    assert centre.outcomes() == [("police", "refused"), ("police", "delivered")]
    assert "police refuses the alert" in centre.told[0]


def test_a_redirection_is_not_followed(lend: Any) -> None:
    with receiving(Receiver()) as elsewhere:
        moved = {"location": elsewhere.address}
        receiver, centre = lend(Receiver(answer=lambda number: 307 if number < 3 else 204, extra=moved))
        with centre.desk():
            centre.alert()
            wait_for(lambda: len(centre.dispatches()) == 1)
        assert elsewhere.came == []
    assert any("redirections are not followed" in text for text in centre.told)
    assert len(receiver.came) == 4


def test_one_receiver_that_hangs_holds_up_no_other(tmp_path: Path) -> None:
    ended = threading.Event()
    hanging = Receiver(raw=lambda handler: ended.wait(20) and None)
    with receiving(hanging), receiving(Receiver()) as quick:
        centre = Centre(tmp_path, hanging=hanging.address, quick=quick.address)
        with centre.desk() as desk:
            centre.alert()
            wait_for(lambda: centre.outcomes() == [("quick", "delivered")])
            assert desk.health()["hanging"]["waiting"] == 1
            ended.set()
        centre.store.close()


def test_told_to_end_just_as_it_looks_for_news_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST_PAUSE_S", 600.0)
    manner: Any = None
    ending = sending.Sending("police", Street(Configured(address="https://a.example/"), Path()), manner)

    class ToldMeanwhile(threading.Event):
        def clear(self) -> None:
            ending._stop.set()
            self.set()
            super().clear()

    ending._news = ToldMeanwhile()
    ending._news.set()
    ending.start()
    ending._thread.join(30)
    assert not ending._thread.is_alive()


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n", b"HTTP/1.1 200\r\n" + b"a: b\r\n" * 200, b"\x00" * 70_000],
)
def test_answers_that_are_none_are_tried_again(lend: Any, answer: bytes) -> None:
    """Cut lines, no HTTP, endless headers: one sentence, another try, and no thread that ends."""

    def odd(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(answer if len(receiver.came) < 4 else b"HTTP/1.1 204 OK\r\n\r\n")
        handler.close_connection = True

    receiver, centre = lend(Receiver())
    receiver.raw = odd
    with centre.desk():
        centre.alert()
        wait_for(lambda: len(centre.dispatches()) == 1)
    assert centre.dispatches()[0].tries == 4
    assert all("\n" not in text and len(text) < 400 for text in centre.told)


def test_updates_that_wait_are_overtaken_by_the_last_one(lend: Any) -> None:
    receiver, centre = lend(Receiver())
    centre.alert()
    for _ in range(5):
        centre.alert(UPDATE)
    with centre.desk():
        wait_for(lambda: len(centre.dispatches()) == 6)
    assert [one.type for one in receiver.taken] == ["Alert", "Update"]
    assert sorted(outcome for _, outcome in centre.outcomes()) == ["delivered"] * 2 + ["overtaken"] * 4


def test_alerts_of_days_ago_are_not_sent_to_a_new_receiver(lend: Any) -> None:
    receiver, centre = lend(Receiver())
    centre.alert(at_tai_ns=now_tai_ns() - 3 * HOLDS_NS)
    centre.alert(track="T-0002")
    with centre.desk():
        wait_for(lambda: len(centre.dispatches()) == 1)
    assert [one.incidents for one in receiver.taken] == [("run-1:moscow:T-0002",)]


def test_an_alert_that_cannot_be_written_is_told_and_holds_up_no_other(
    lend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is known; but nothing that a partner reports may keep the next alert from going out."""
    _, centre = lend(Receiver())
    real = sending.warning.cap_of

    def cap_of(alert: Any, *about: str) -> Any:
        if alert.items.track == "T-0001":
            raise ValueError("no such time")
        return real(alert, *about)

    monkeypatch.setattr(sending.warning, "cap_of", cap_of)
    with centre.desk():
        centre.alert()
        centre.alert(track="T-0002")
        wait_for(lambda: len(centre.dispatches()) == 2)
    assert centre.outcomes() == [("police", "refused"), ("police", "delivered")]
    assert centre.dispatches()[0].answer == "cannot be written: no such time"


def test_cursor_on_target_goes_over_a_plain_line_at_home(tmp_path: Path) -> None:
    came = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            line, _ = server.accept()
            with line:
                while data := line.recv(4_096):
                    came.extend(data)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        centre = Centre(tmp_path, map=f"tak+tcp://127.0.0.1:{server.getsockname()[1]}")
        with centre.desk():
            centre.alert()
            wait_for(lambda: len(centre.dispatches()) == 1)
        thread.join(60)
        centre.store.close()
    assert came.startswith(b'<event version="2.0" uid="run-1:moscow:T-0001:launch" type="u-d-c-e"')
    assert came.count(b"</event>") == 2


@pytest.mark.parametrize("what", ["authority", "certificate"])
@pytest.mark.parametrize(("name", "why"), [("nowhere.pem", "No such file"), ("empty.pem", "")])
def test_a_wrong_file_is_told_at_the_start_by_its_name(tmp_path: Path, what: str, name: str, why: str) -> None:
    (tmp_path / "empty.pem").touch()
    centre = Centre(tmp_path, police="https://a.example/")
    police = centre.known.alerts.receivers["police"].model_copy(update={what: name})
    centre.known = centre.known.model_copy(
        update={"alerts": centre.known.alerts.model_copy(update={"receivers": {"police": police}})}
    )
    with (
        pytest.raises(
            configuration.ConfigurationError,
            match=rf"alerts.receivers.police: {what} = {name}: .*{why}.*; wanted a PEM",
        ),
        centre.desk(),
    ):
        pass
    centre.store.close()


def test_an_alert_is_meant_in_earnest_only_where_two_officers_approved(
    lend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jointwatch.centre import approval

    receiver, centre = lend(Receiver())
    meant = centre.known.alerts.model_copy(update={"status": "Actual"})
    centre.known = centre.known.model_copy(update={"mode": "operational", "alerts": meant})
    earnest = replace_mode(FIRST)
    approved = frozenset({"ivanova"})
    monkeypatch.setattr(approval, "officers", lambda *_, **__: approved)
    with centre.desk():
        centre.alert(earnest)
        wait_for(lambda: len(receiver.came) == 1)
        approved = frozenset({"ivanova", "petrov"})
        centre.alert(earnest, track="T-0002")
        wait_for(lambda: len(receiver.came) == 2)
        centre.alert(FIRST, track="T-0003")
        wait_for(lambda: len(receiver.came) == 3)
    assert [came.alert.status for came in receiver.came] == ["Draft", "Actual", "Exercise"]


def replace_mode(message: Any) -> Any:
    return msgspec.structs.replace(message, mode="operational")


def sending_key(centre: Centre) -> Any:
    from jointwatch.centre.alerts.desk import key_of

    return key_of(centre.place).public


def lost_hand_in(real: Any) -> Any:
    """As on a full disk: what others hand in is kept, dispatches are not."""

    def hand_in(store: Counter, entries: Any) -> Any:
        if any(one.id.startswith("dispatch-") for one in entries):
            raise OSError("no room")
        return real(store, entries)

    return hand_in
