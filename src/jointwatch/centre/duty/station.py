"""A centre's station: hears what its record has grown by, and says what follows, in one transaction with how far it is.

What is known follows from the record and is heard again after an end; what was said of it before is not said again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from jointwatch.centre.duty import telling
from jointwatch.centre.duty.bookmark import Bookmark
from jointwatch.centre.duty.course import Course, Cursor, Entry
from jointwatch.centre.duty.hearing import Duty
from jointwatch.centre.duty.joining import heads
from jointwatch.centre.duty.later import Later
from jointwatch.centre.duty.listener import Word
from jointwatch.centre.duty.pace import Pace
from jointwatch.centre.ledger import Ledger
from jointwatch.centre.news import News
from jointwatch.centre.outlet import Outlet
from jointwatch.centre.watch import KEPT_NS
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.notice import Notice
from jointwatch.messages.picture import Event, FeedView, Picture
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.quantities import Mode
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.release import Release
from jointwatch.messages.release_policy import ReleasePolicy, ReleaseRule

HEARTBEAT_S = 10.0
BEAT_EVERY_NS = 5 * NS_PER_S  # to partners, as long after plots or tracks as anything of them is in a picture
BEAT_AFTER_NS = KEPT_NS + 600 * NS_PER_S
JOIN_S = 0.2  # as long in a round joins what stands up to heartbeats: own sensors and an end of service do not wait
MARK_ENTRIES, MARK_S, FORGET_S = 512, 30.0, 60.0
CURSOR, RECEIVED, BEAT = "duty/cursor", "duty/received/", "duty/beat"
BOOKKEEPING = (Heartbeat, Receipt, Release)
"""Kinds of which nothing follows: to have heard them need not be written down at once, which would be one more."""


@dataclass(frozen=True)
class Post:
    """Whose station it is.

    desk_key: signs what is logged at a time. opens: whether an own log may be appended to. pace: of hearing partners.
    """

    centre: str
    run: str
    mode: Mode
    partners: tuple[str, ...]
    desk_key: Callable[[int], SigningKey]
    opens: Callable[[LogId], bool]
    now_tai_ns: Callable[[], int]
    tell: Callable[[str], None]
    pace: Pace


class Station:
    """What a centre in service knows, and has yet to say.

    duty: makes one that has heard nothing. rules: of the first policy, where the record has none.
    """

    def __init__(
        self,
        store: Store,
        course: Course,
        post: Post,
        duty: Callable[[], Duty],
        bookmark: Bookmark,
        rules: tuple[ReleaseRule, ...] = (),
    ) -> None:
        self._store, self._course, self._post = store, course, post
        self._rules, self._bookmark = rules, bookmark
        self._news, self._lock = News(post.centre), threading.Lock()
        self._fresh: list[Entry] = []  # heard, and nothing was said of it yet
        self._words: list[Word] = []
        self._forgot_s = time.monotonic()
        self._said_s, self._beats = time.monotonic(), 0
        found = bookmark.read(course.fits)
        if found is not None and found[1].joining is not None and not found[1].joining.fits(course):
            found = None
        if found is None and bookmark.path.exists():
            post.tell(
                f"{bookmark.path} is of another record, version or configuration; the record is heard again from its "
                f"beginning"
            )
        self._heard, self._duty = found or (course.begin(), duty())
        self._unmarked, self._marked_s = 0, time.monotonic()
        self._open()
        self._resume()

    def round(self) -> bool:
        """Hear what is next and say what is due; return whether there was anything to hear."""
        at, entries = self._course.behind(self._heard)
        for entry in entries:
            self._words += self._hear(entry)
            self._news.told(entry.message, entry.message.logged_tai_ns)
            if entry.owner == self._post.centre:
                self._news.said(entry.message, entry.message.logged_tai_ns)
        moved, self._heard = at != self._heard, at
        self._fresh, self._unmarked = [*self._fresh, *entries], self._unmarked + len(entries)
        if entries:
            self._news.look(self._duty.watch, self._post.now_tai_ns())
            self._news.judged(self._duty.feeds.values())
        try:
            with self._store.undisturbed():
                self._say()
        except BaseException:
            self._open()  # all that was to be said is undone, and said the next time
            raise
        if self._unmarked >= MARK_ENTRIES and time.monotonic() - self._marked_s >= MARK_S:
            self.mark()
        return self._join() or moved

    def mark(self) -> None:
        """Put down where we are, unless something has yet to be said of what was heard."""
        if self._fresh or self._words or not self._unmarked:
            return
        with self._lock:
            self._bookmark.write(self._course.place(self._heard), self._duty)
        self._unmarked, self._marked_s = 0, time.monotonic()

    def picture(self, as_of_tai_ns: int) -> Picture:
        """Return the national picture at a time, from what was heard."""
        with self._lock:
            return self._duty.watch.picture(as_of_tai_ns)

    def joint_picture(self) -> Picture | None:
        """Return the joint picture at its own time; None before all centres were heard."""
        with self._lock:
            return None if self._duty.joining is None else self._duty.joining.picture()

    def feeds(self) -> tuple[FeedView, ...]:
        """Return the verdicts on feeds that stand."""
        with self._lock:
            return self._duty.feed_views()

    def events(self) -> tuple[Event, ...]:
        """Return what is new for people, once."""
        return self._news.gather()

    @property
    def policy(self) -> dict[str, object] | None:
        """The release policy in force: its number, and the leaf hash that the next one must name."""
        found = self._duty.in_force
        return None if found is None else {"number": found.policy.number, "leaf_hash": found.at.leaf_hash.hex()}

    def _hear(self, entry: Entry) -> list[Word]:
        with self._lock:
            return list(self._duty.hear(entry.owner, entry.message, entry.at))

    def _join(self) -> bool:
        """Hear what all centres said by now; return whether there may be more of it."""
        if self._duty.joining is None:
            return False
        begun = time.monotonic()
        while time.monotonic() - begun < JOIN_S:
            with self._lock:
                if not self._duty.joining.round(self._course):
                    return False
        return True

    def _resume(self) -> None:
        """Hear again what was heard before the end; what followed from it stands in the record."""
        kept = self._store.kept(CURSOR).get(CURSOR)
        told = Cursor.decode(kept) if kept else self._heard
        while self._heard < told:
            at, entries = self._course.behind(self._heard, told)
            if at == self._heard:
                break
            for entry in entries:
                self._hear(entry)
            self._heard, self._unmarked = at, self._unmarked + len(entries)
        self._news.look(self._duty.watch, self._post.now_tai_ns())
        self._news.judged(self._duty.feeds.values())
        self._news.gather()

    def _open(self) -> None:
        """Go on as the record says that it stood with what was said."""
        post = self._post
        key = post.desk_key(post.now_tai_ns())
        self._ledger = Ledger(post.centre, run=post.run, mode=post.mode, key=key, store=self._store)
        self._later = Later(self._ledger, post.opens)
        number, _, at = self._store.kept(BEAT).get(BEAT, b"0/0").partition(b"/")
        self._told, self._told_tai_ns = int(number), int(at)
        self._received = {name.removeprefix(RECEIVED): int(n) for name, n in self._store.kept(RECEIVED).items()}
        self._outlet = Outlet.resumed(self._ledger, post.partners, post.opens) if Outlet.known(self._ledger) else None

    # -- saying ------------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        """Say what is due and how far all was heard; nobody else writes meanwhile."""
        self._ledger.now_tai_ns = self._post.now_tai_ns()
        self._ledger.sign_with(self._post.desk_key(self._ledger.now_tai_ns))
        outlet = self._outlet or self._opened()
        if outlet is None:
            return
        for entry in self._fresh:
            self._offer(entry, outlet)
        outlet.let_go()
        self._forget(outlet)
        telling.say_due(self._duty, self._ledger, outlet, self._news)
        self._later.let_go()
        for word in self._words:
            self._later.say(word)
        self._say_receipts()
        self._tell_time()
        self._beat()
        if self._ledger.waits or not all(isinstance(entry.message, BOOKKEEPING) for entry in self._fresh):
            self._ledger.remember(CURSOR, self._heard.encode())
        self._commit()
        self._outlet, self._fresh, self._words = outlet, [], []

    def _forget(self, outlet: Outlet) -> None:
        """Forget, once a minute, what was told of tracks that are gone; once all was heard that was said of them."""
        if time.monotonic() - self._forgot_s >= FORGET_S and not self._course.behind(self._heard)[1]:
            outlet.forget(self._duty.said)
            self._forgot_s = time.monotonic()

    def _opened(self) -> Outlet | None:
        """Return the way out under the policy of the record or, where that has none to its end, under a first one."""
        found = self._duty.in_force
        if found is not None:
            return Outlet(self._ledger, self._post.partners, found.policy, found.at, self._post.opens)
        if self._course.behind(self._heard)[1]:
            return None
        policy, at = self._ledger.say(
            ReleasePolicy,
            self._ledger.internal(),
            number=1,
            rules=self._rules,
            reason="in force as the centre opens",
        )
        return Outlet(self._ledger, self._post.partners, policy, at, self._post.opens)

    def _offer(self, entry: Entry, outlet: Outlet) -> None:
        """Offer an own entry of the record; a policy among them is put in force where its turn is."""
        message = entry.message
        if entry.owner != self._post.centre or not LogId.parse(entry.at.log).internal:
            return
        if isinstance(message, PlotReport | Notice):
            telling.offer(outlet, message, entry.at)
        elif isinstance(message, ReleasePolicy) and message.number > outlet.policy.number:
            try:
                outlet.adopt(message, entry.at)
            except Refused as refusal:
                self._post.tell(
                    f"{refusal}; it stands at entry {entry.at.index} of {entry.at.log}, and changes nothing"
                )

    def _say_receipts(self) -> None:
        now = self._ledger.now_tai_ns
        pace = self._post.pace
        for owner in self._post.partners:
            pace.waits(owner, self._course.waiting(self._received)[owner])
        for head, start in self._course.due(self._received, pace.room):
            pace.take(LogId.parse(head.log).owner, head.size - start)
            self._ledger.say(Receipt, self._ledger.internal(), head=head, first_index=start, verified_tai_ns=now)
            self._ledger.remember(f"{RECEIVED}{head.log}", b"%d" % head.size)
            self._received[head.log] = head.size

    def _tell_time(self) -> None:
        """Give partners a dated sign of life while there is anything to see: time passes in the joint picture by it."""
        now, idle_ns = self._ledger.now_tai_ns, self._ledger.now_tai_ns - self._duty.seen_tai_ns
        logs = [self._ledger.to(partner, "notify") for partner in self._post.partners]
        logs = [log for log in logs if self._post.opens(log)]
        if not logs or idle_ns > BEAT_AFTER_NS or 0 <= now - self._told_tai_ns < BEAT_EVERY_NS:
            return
        self._told, self._told_tai_ns = self._told + 1, now
        self._ledger.remember(BEAT, b"%d/%d" % (self._told, now))
        for log in logs:
            holds = heads(self._course, self._post.centre, log.audience)
            self._ledger.say(Heartbeat, log, number=self._told, holds=holds)

    def _beat(self) -> None:
        """Have time pass in the record where nothing else is said in it."""
        if self._ledger.waits or time.monotonic() - self._said_s < HEARTBEAT_S:
            return
        self._beats += 1
        self._ledger.say(Heartbeat, self._ledger.internal(), number=self._beats)

    def _commit(self) -> None:
        if self._ledger.waits:
            self._said_s = time.monotonic()
        self._ledger.commit()
