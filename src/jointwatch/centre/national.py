"""One national centre: what its sensors say is kept, watched and released; what its partners say is verified and kept.

Each tick of the clock has two halves. `tick` takes in the sensors' plots and decides what is said, all in one
transaction of the record. `exchange` pulls what the partners said. Receipts of it stand in the internal log, so that
the internal log and the partners' outbound logs alone give the same picture again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre import agreement, credentials, orders, record, release
from jointwatch.centre.catalogued import known_satellites
from jointwatch.centre.declared import declared
from jointwatch.centre.duty import telling
from jointwatch.centre.duty.course import RELEASED
from jointwatch.centre.duty.hearing import Duty
from jointwatch.centre.duty.listener import Word
from jointwatch.centre.duty.listeners import listeners
from jointwatch.centre.joint import JointPicture
from jointwatch.centre.ledger import Ledger
from jointwatch.centre.news import News
from jointwatch.centre.outlet import Outlet, opening_rules
from jointwatch.centre.partners import Partners
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange import merkle
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.mirror import Accepted
from jointwatch.exchange.run_directory import MANIFEST, parts, write_logs
from jointwatch.messages.encoding import Heard, Message
from jointwatch.messages.finding import Finding
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.manifest import Manifest
from jointwatch.messages.notice import Notice
from jointwatch.messages.picture import CentreState
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.reference import EntryReference, LogHead
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.statement import StatementSignature

HEARTBEAT_EVERY_NS = 5 * NS_PER_S
M = TypeVar("M", bound=Message)


class Centre:
    """A centre that is open: keys, record, partners, and what it makes of it all."""

    def __init__(self, order: orders.Open) -> None:
        self.id, self._opening = order.centre, order.release
        self.now_tai_ns = order.now_tai_ns
        folder = record.folder(Path(order.state), order.mode, order.centre)
        self.keys = credentials.ensure(folder / "keys", order.centre)
        database = record.database(Path(order.state), order.mode, order.centre, order.run)
        self.store = Store(database, run=order.run, owner=order.centre, log_key=self.keys.held["log"])
        self.ledger = Ledger(order.centre, run=order.run, mode=order.mode, key=self.keys.held["desk"], store=self.store)
        self._priors = BoostPriors(**{prior.name: prior.value for prior in order.priors})
        self._known = known_satellites(order.catalogue)
        said = {(one.feeds, one.radar.name): declared(one.radar, one.allowed_offset) for one in order.declared}
        hanging = listeners(self.id, self._known, declared=said)
        self.duty = Duty(self.id, self._priors, self._known, hanging)
        self.watch = self.duty.watch
        self._words: list[Word] = []
        self._beats, self._last_beat_tai_ns = 0, order.now_tai_ns - HEARTBEAT_EVERY_NS
        self.news = News(self.id)
        self.agreement = agreement.Agreement(self.id, run=order.run, mode=order.mode)
        self._open_roster(order)

    def _open_roster(self, order: orders.Open) -> None:
        """Publish the keys that speak for this centre; where sources are masked, those of its sensors stay at home."""
        full = self.keys.roster(
            run=order.run,
            mode=order.mode,
            now_tai_ns=order.now_tai_ns,
            sensors=order.sensors,
            releasers=order.releasers,
        )
        _, self._ring = self.keys.signed(full)
        public = self.keys.roster(
            run=order.run,
            mode=order.mode,
            now_tai_ns=order.now_tai_ns,
            sensors=() if order.release.mask_source else order.sensors,
            releasers=order.releasers,
        )
        entry, _ = self.keys.signed(public)
        self.store.append({roster_log(self.id): [entry]})

    # -- orders ------------------------------------------------------------------------------------------------------

    def introduction(self) -> orders.Answer:
        """Return what a partner must pin to know this centre."""
        return orders.Answer(
            identity=self.keys.identity.public.data,
            fingerprint=self.keys.identity.public.fingerprint,
            certificate_authority=self.keys.line.authority_pem().encode(),
        )

    def obey(self, order: orders.AnyOrder) -> orders.Answer:
        """Carry out one order of the organiser."""
        self.now_tai_ns = self.ledger.now_tai_ns = getattr(order, "now_tai_ns", self.now_tai_ns)
        carry_out: dict[type[Any], Callable[[Any], orders.Answer]] = {
            orders.Meet: self._meet,
            orders.Link: self._link,
            orders.Tick: self._tick,
            orders.Amend: self._amend,
            orders.Exchange: self._exchange,
            orders.Find: self._find,
            orders.Agree: self._agree,
            orders.Keep: self._keep,
            orders.Write: self._write,
        }
        return carry_out[type(order)](order)

    def close(self) -> None:
        """Close lines, door and record: the run is over."""
        self.partners.close()
        self.store.close()

    def _meet(self, order: orders.Meet) -> orders.Answer:
        self.partners = Partners(self.store, self.keys, order.partners, mode=self.ledger.mode)
        self.joint = JointPicture((self.id, *self.partners.names), self._priors, self._known)
        self._open_outlet()
        return orders.Answer(port=self.partners.port)

    def _open_outlet(self) -> None:
        """Write down the policy under which this centre opens, and open the way out under it."""
        policy, reference = self.ledger.say(
            ReleasePolicy,
            self.ledger.internal(),
            number=1,
            rules=opening_rules(self._opening, self.partners.names),
            reason="in force as the centre opens",
        )
        self._commit()
        self.outlet = Outlet(self.ledger, self.partners.names, policy, reference)

    def _amend(self, order: orders.Amend) -> orders.Answer:
        """Put another release policy in force, once two officers signed it and it follows the one in force."""
        policy = self._ring.open_entry(order.envelope, self.ledger.internal())
        if not isinstance(policy, ReleasePolicy):
            raise ValueError(f"a release policy was wanted; this is a {type(policy).__name__}")
        self.outlet.check_next(policy)
        reference = self.ledger.put(self.ledger.internal(), self.ledger.vouched(order.envelope))
        self.outlet.adopt(policy, reference)
        self._hear(self.id, policy, reference)
        self._commit()
        self.news.note("release", f"policy {policy.number}: {policy.reason}", self.now_tai_ns)
        return orders.Answer(events=self.news.gather())

    def _link(self, order: orders.Link) -> orders.Answer:
        self.partners.link(order.partner, order.port)
        return orders.Answer()

    # -- the first half of a tick: what the own side says ------------------------------------------------------------

    def _tick(self, order: orders.Tick) -> orders.Answer:
        """Take in plots and notices, release, report; everything in one transaction of the record."""
        self.outlet.let_go()
        for entry in order.envelopes:
            self._take_plots(entry)
        for contents in order.notices:
            notice, reference = self.ledger.say(Notice, self.ledger.internal(), contents=contents)
            self._hear(self.id, notice, reference)
            telling.offer(self.outlet, notice, reference)
            self.news.note("notice", f"{contents.occasion}: {contents.text} ({contents.source})", self.now_tai_ns)
        self.news.look(self.watch, self.now_tai_ns)
        telling.say_due(self.duty, self.ledger, self.outlet, self.news)
        self._say_words()
        self._heartbeat()
        self._commit()
        return orders.Answer(events=self.news.gather())

    def _take_plots(self, entry: bytes) -> None:
        """Keep a sensor's signed scan with the desk's signature beside it, watch it, and release it where allowed."""
        message = self._ring.open_entry(entry, self.ledger.internal())
        if not isinstance(message, PlotReport):
            raise ValueError(f"a sensor hands in plot reports; this is a {type(message).__name__}")
        reference = self.ledger.put(self.ledger.internal(), self.ledger.vouched(entry))
        self._hear(self.id, message, reference)
        telling.offer(self.outlet, message, reference)

    def _hear(self, owner: str, message: Heard, at: EntryReference) -> None:
        self._words += self.duty.hear(owner, message, at)
        self.news.told(message, self.now_tai_ns)

    def _say_words(self) -> None:
        """Say what listeners want said."""
        words, self._words = self._words, []
        for word in words:
            log = LogId.parse(word.log) if word.log else self.ledger.internal()
            said, _ = self.ledger.say(word.kind, log, **word.content)
            self.news.said(said, self.now_tai_ns)
            self.news.told(said, self.now_tai_ns)

    def _heartbeat(self) -> None:
        """Give each partner a dated sign of life every five seconds: without it the joint picture would stand still."""
        if self.now_tai_ns - self._last_beat_tai_ns < HEARTBEAT_EVERY_NS:
            return
        self._beats, self._last_beat_tai_ns = self._beats + 1, self.now_tai_ns
        for partner in self.partners.names:
            self.ledger.say(
                Heartbeat, self.ledger.to(partner, "notify"), number=self._beats, holds=self.partners.heads(partner)
            )

    def _commit(self) -> None:
        """Keep what was said, and hear it: notices were heard as they came."""
        for reference, message in self.ledger.commit():
            log = LogId.parse(reference.log)
            if not log.internal:
                self.joint.said(self.id, reference.log, reference.index, message)
            if log.klass not in RELEASED and not (log.internal and isinstance(message, Notice)):
                self._hear(self.id, message, reference)

    # -- the second half: what the partners say ----------------------------------------------------------------------

    def _exchange(self, order: orders.Exchange) -> orders.Answer:
        """Pull, verify, keep, cosign; then say how things stand and what is seen."""
        for partner in self.partners.names:
            outcome = self.partners.follow(partner)
            for accepted in outcome.accepted:
                self._receive(partner, accepted)
            for text in outcome.news:
                self.news.note("link", text, self.now_tai_ns)
        self._say_words()
        self._commit()
        self.news.look(self.watch, self.now_tai_ns)
        self.news.judged(self.duty.feeds.values())
        return orders.Answer(
            events=self.news.gather(),
            state=self._state(),
            pictures=(self.watch.picture(self.now_tai_ns), self.joint.picture()),
            statement=self.agreement.as_json(),
        )

    def _receive(self, partner: str, accepted: Accepted) -> None:
        """Write the receipt, then hear what came: in a replay the receipt says when it was known here."""
        if accepted.log.klass != MANIFEST:
            head = LogHead(log=str(accepted.log), size=accepted.positions.stop, root=self.store.root(accepted.log))
            self.ledger.say(
                Receipt,
                self.ledger.internal(),
                head=head,
                first_index=accepted.positions.start,
                verified_tai_ns=self.now_tai_ns,
            )
            self.watch.pass_time(self.now_tai_ns)
        for index, message in zip(accepted.positions, accepted.messages, strict=True):
            if message is None:
                self.news.note(
                    "link", f"entry {index} of {accepted.log}: {accepted.unverified[index]}", self.now_tai_ns
                )
                continue
            leaf_hash = merkle.leaf_hash(self.store.entry(accepted.log, index))
            at = EntryReference(log=str(accepted.log), index=index, leaf_hash=leaf_hash)
            self._hear(partner, message, at)
            self.joint.said(partner, str(accepted.log), index, message)
            self.agreement.hear(partner, message, at)
            self.news.came(partner, message, self.now_tai_ns)

    def _state(self) -> CentreState:
        own = [log for log in self.store.logs() if log.owner == self.id]
        entries = sum(self.store.size(log) for log in own)
        verified = sum(self.store.size(log) for log in self.store.logs() if log.owner != self.id)
        cut = self.partners.cut
        text = "; ".join(cut.values()) or f"linked with {', '.join(self.partners.names)}"
        return CentreState(
            id=self.id,
            process="up",
            link="cut" if cut else "linked",
            entries=entries,
            verified=verified,
            cosigned=self.partners.cosigned_entries(),
            text=text,
            feeds=self.duty.feed_views(),
        )

    # -- the end -----------------------------------------------------------------------------------------------------

    def _find(self, order: orders.Find) -> orders.Answer:
        """Write down the own finding, for all to read."""
        rule = self.outlet.policy.rule(COMMON, "assess")
        objects, sentences = release.findings_view(agreement.object_findings(self.watch), rule)
        finding, reference = self.ledger.say(
            Finding,
            self.ledger.common("assess"),
            as_of_tai_ns=self.now_tai_ns,
            objects=objects,
            sentences=sentences,
        )
        self._commit()
        self.agreement.found(self.id, finding, reference)
        return orders.Answer()

    def _agree(self, order: orders.Agree) -> orders.Answer:
        """Make the joint statement from the findings at hand, and sign it."""
        absent = tuple(name for name in self.partners.names if name not in self.agreement.centres)
        content = self.agreement.sign(self.keys.held["desk"], absent)
        self.ledger.say(StatementSignature, self.ledger.common("assess"), **content)
        self._commit()
        self.news.note("statement", self.agreement.sentence(), self.now_tai_ns)
        return orders.Answer(events=self.news.gather())

    def _keep(self, order: orders.Keep) -> orders.Answer:
        """Append the manifest of the run directory."""
        cut = parts(order.files)
        for number, files in enumerate(cut, 1):
            self.ledger.say(Manifest, self.ledger.common(MANIFEST), part=number, parts=len(cut), files=files)
        self.ledger.commit()
        return orders.Answer()

    def _write(self, order: orders.Write) -> orders.Answer:
        write_logs(self.store, Path(order.directory), record.own_logs(self.store, manifest=order.manifest))
        return orders.Answer()
