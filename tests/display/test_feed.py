import threading

import pytest

from jointwatch.display.feed import PAGE, Feed


def test_an_empty_feed_has_no_run_and_no_snapshot():
    feed = Feed()
    assert (feed.run, feed.latest, feed.history(), feed.events(), feed.finished) == (None, None, (), (), False)


def test_history_comes_in_pages_that_join_to_the_whole(feed, recorded):
    seen, after = [], -1
    while page := feed.history(after, limit=50):
        assert len(page) <= 50
        seen += [snapshot.seq for snapshot in page]
        after = seen[-1]
    assert seen == list(range(len(recorded.times())))


def test_one_page_is_bounded_whatever_there_is(recorded):
    feed = Feed(recorded.RUN)
    for seq in range(PAGE + 100):
        feed.publish(recorded.snapshot(seq, 0.0))
    assert len(feed.history()) == PAGE


def test_a_snapshot_out_of_order_is_refused(feed, recorded):
    with pytest.raises(ValueError, match=r"higher number than the one before it \(180\); got 180"):
        feed.publish(recorded.snapshot(180, 0.0))


def test_a_long_run_is_thinned_but_stays_whole(recorded):
    feed = Feed(recorded.RUN, keep=64)
    for seq in range(1000):
        feed.publish(recorded.snapshot(seq, 0.0))
    kept = [snapshot.seq for snapshot in feed.history(limit=1000)]
    assert len(kept) <= 64
    assert kept[0] == 0, "the beginning of the run must stay"
    assert kept[-32:] == list(range(968, 1000)), "what is newest must stay whole"


def test_another_run_takes_the_place_of_the_first(feed, recorded):
    feed.finish(summary="over")
    feed.begin(recorded.RUN)
    assert (feed.latest, feed.finished, feed.summary, feed.volume("gabala")) == (None, False, "", None)
    feed.publish(recorded.snapshot(0, 0.0))


def test_listeners_hear_each_change_until_they_stop(recorded):
    feed, heard = Feed(), []
    stop = feed.subscribe(lambda: heard.append(1))
    feed.begin(recorded.RUN)
    feed.publish(recorded.snapshot(0, 0.0))
    feed.finish()
    stop()
    feed.begin(recorded.RUN)
    assert len(heard) == 3


def test_a_run_is_over_once_all_that_is_said_of_its_end_is_there(recorded):
    seen = []

    class Watched(Feed):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "_finished" and value:
                seen.append((self.statement, self.summary))

    Watched(recorded.RUN).finish(statement=b"{}", summary="over")
    assert seen == [(b"{}", "over")]


def test_readers_in_other_threads_never_see_half_a_change(recorded):
    feed, broken = Feed(recorded.RUN, keep=32), []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            numbers = [snapshot.seq for snapshot in feed.history(limit=1000)]
            if numbers != sorted(set(numbers)):
                broken.append(numbers)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for seq in range(2000):
        feed.publish(recorded.snapshot(seq, 0.0)) if seq == 0 else feed.publish(_renumbered(feed, seq))
    done.set()
    for reader in readers:
        reader.join()
    assert broken == []


def _renumbered(feed, seq):
    import msgspec

    return msgspec.structs.replace(feed.latest, seq=seq)
