import json
import time

import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from jointwatch.display.feed import Feed
from jointwatch.display.live import BACKLOG, Cursor
from jointwatch.display.server import create_app, serve_in_thread

SOON_S = 60.0  # longest wait for a message on a busy machine


def address(served):
    return f"ws://127.0.0.1:{served.port}/api/live"


def receive(socket, count):
    return [json.loads(socket.recv(timeout=SOON_S)) for _ in range(count)]


def test_a_reader_gets_the_run_first_then_what_is_newest(served, feed):
    with connect(address(served)) as socket:
        messages = receive(socket, 1 + len(feed.events()) + BACKLOG)
    assert messages[0]["kind"] == "run"
    assert messages[0]["run"]["run"] == feed.run.run
    snapshots = [message["snapshot"]["seq"] for message in messages if message["kind"] == "snapshot"]
    assert snapshots == list(range(181 - BACKLOG, 181))


def test_what_is_published_is_pushed(served, feed, recorded):
    with connect(address(served)) as socket:
        receive(socket, 1 + len(feed.events()) + BACKLOG)
        feed.publish(recorded.snapshot(181, 905.0))
        feed.finish(summary="over")
        new, end = receive(socket, 2)
    assert (new["kind"], new["snapshot"]["seq"], new["run"]) == ("snapshot", 181, feed.run.run)
    assert end == {"kind": "finished", "run": feed.run.run, "report": False, "statement": False, "summary": "over"}


def test_another_run_is_announced_and_begins_from_its_own_first_number(served, feed, recorded):
    with connect(address(served)) as socket:
        receive(socket, 1 + len(feed.events()) + BACKLOG)
        feed.begin(msgspec.structs.replace(recorded.RUN, run="omid"))
        feed.publish(recorded.snapshot(0, 0.0))
        run, first = receive(socket, 2)
    assert run["run"]["run"] == first["run"] == "omid"
    assert first["snapshot"]["seq"] == 0


def test_of_a_run_that_begins_while_a_reader_is_told_nothing_is_said_under_the_name_of_the_last(recorded):
    omid = msgspec.structs.replace(recorded.RUN, run="omid")

    class Hasty(Feed):
        def newest(self, limit):
            if self.run is recorded.RUN:
                self.begin(omid)
                self.publish(recorded.snapshot(7, 35.0))
            return super().newest(limit)

    cursor = Cursor(Hasty(recorded.RUN))
    assert [message.run for message in cursor.fresh()] == [recorded.RUN]
    run, snapshot = cursor.fresh()
    assert (run.run, snapshot.run, snapshot.snapshot.seq) == (omid, "omid", 7)


def test_a_reader_that_falls_behind_gets_a_bounded_rest(recorded):
    feed = Feed(recorded.RUN)
    cursor = Cursor(feed)
    cursor.fresh()
    for seq in range(10 * BACKLOG):
        feed.publish(recorded.snapshot(seq, 0.0))
    numbers = [message.snapshot.seq for message in cursor.fresh()]
    assert numbers == list(range(9 * BACKLOG, 10 * BACKLOG))
    assert cursor.fresh() == []


def test_a_reader_that_stops_reading_holds_up_nobody(recorded):
    feed = Feed(recorded.RUN)
    served = serve_in_thread(create_app(feed))
    try:
        with connect(address(served), max_queue=1, close_timeout=0.2) as idle, connect(address(served)) as keen:
            receive(keen, 1)
            began = time.monotonic()
            for seq in range(400):
                feed.publish(recorded.snapshot(seq, 300.0))
            assert time.monotonic() - began < SOON_S
            while json.loads(keen.recv(timeout=SOON_S))["snapshot"]["seq"] < 399:
                pass
            assert idle.state.name == "OPEN"
    finally:
        served.stop()


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_a_page_of_another_origin_cannot_open_the_socket(served, headers):
    with pytest.raises(InvalidStatus, match="403"), connect(address(served), additional_headers=headers):
        pass


def test_a_reader_who_talks_is_ignored(served, feed):
    with connect(address(served)) as socket:
        socket.send('{"kind": "finished"}')
        receive(socket, 1 + len(feed.events()) + BACKLOG)
    assert not feed.finished


def test_stopping_the_server_does_not_wait_for_open_pages(feed):
    served = serve_in_thread(create_app(feed))
    with connect(address(served), close_timeout=0.2):
        began = time.monotonic()
        served.stop()
        assert time.monotonic() - began < SOON_S
