"""The one way out: every internal entry that others may read is offered here, and leaves as the policy in force says.

An entry is judged when it leaves, not when it was offered: what waited under one policy goes by the next. What no rule
lets go is not kept for later. What waits, what was told of each launch and when each partner last got what are kept in
the record with what was said: an end of the process loses none of it and lets nothing go before its time. The roster,
heartbeats, manifests and signatures of statements say nothing of what was observed, and are no business of the policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from typing import Any, TypeVar

import msgspec

from jointwatch.centre import release
from jointwatch.centre.ledger import Ledger
from jointwatch.centre.orders import ReleasePolicy as Opening
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Message, decode
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.notice import Notice
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release import Release
from jointwatch.messages.release_policy import Class, Form, ReleasePolicy, ReleaseRule
from jointwatch.messages.tracklet import Tracklet

CLASSES: dict[type[Any], str] = {PlotReport: "plot", Tracklet: "track", LaunchReport: "notify", Notice: "notify"}
K = TypeVar("K")
NEWER = "newer data"
WITHDRAWN = "what was reported does not hold"


def opening_rules(opening: Opening, partners: Iterable[str]) -> tuple[ReleaseRule, ...]:
    """Return the rules a centre opens with: the same for each partner, notices and findings for all."""
    form: Form = "source masked" if opening.mask_source else "whole"
    kinds: tuple[tuple[Class, bool], ...] = (
        ("notify", opening.reports),
        ("track", opening.tracklets),
        ("plot", opening.plots),
    )
    open_to = [
        ReleaseRule(audience=partner, klass=klass, form=form)
        for partner in partners
        for klass, allowed in kinds
        if allowed
    ]
    notices = ReleaseRule(audience=COMMON, klass="notify", form="whole")
    return (*open_to, notices, ReleaseRule(audience=COMMON, klass="assess", form=form))


class _Offer(msgspec.Struct, frozen=True):
    audience: str
    klass: str
    subject: str  # sensor or track
    offered_tai_ns: int
    internal: EntryReference | None  # none: what was reported of the subject is withdrawn
    reason: str


_POLICY, _WAITING, _LAST, _REPORTED = "outlet/policy", "outlet/waiting/", "outlet/last/", "outlet/reported/"


_LAST_KEPT_NS = 86_400 * NS_PER_S  # longer where a rule thins by more


class Outlet:
    """What of one centre's internal record goes to which partner, when and in which form.

    opens: whether a log may be appended to; what is for another waits.
    """

    def __init__(
        self,
        ledger: Ledger,
        partners: Iterable[str],
        policy: ReleasePolicy,
        entry: EntryReference,
        opens: Callable[[LogId], bool] = lambda log: True,
    ) -> None:
        self.policy = policy
        self._in_force, self._opens = entry, opens
        self._ledger, self._partners = ledger, tuple(partners)
        ledger.remember(_POLICY, _packed(entry))
        kept = {prefix: ledger.remembered(prefix).items() for prefix in (_WAITING, _LAST, _REPORTED)}
        self._waiting = {int(name.removeprefix(_WAITING)): _unpacked(_Offer, data) for name, data in kept[_WAITING]}
        self._behind = Counter(map(_to, self._waiting.values()))  # how many wait for each log
        self._last_tai_ns = {name: int(data) for name, data in kept[_LAST]}
        self._reported = {name: _unpacked(EntryReference, data) for name, data in kept[_REPORTED]}

    @staticmethod
    def known(ledger: Ledger) -> bool:
        """Return whether the record names a release policy in force."""
        return _POLICY in ledger.remembered(_POLICY)

    @classmethod
    def resumed(
        cls, ledger: Ledger, partners: Iterable[str], opens: Callable[[LogId], bool] = lambda log: True
    ) -> Outlet:
        """Return the way out as it stood when the process that wrote the record ended, by the policy in force then."""
        kept = ledger.remembered(_POLICY).get(_POLICY)
        if kept is None:
            raise Refused("jointwatch release", f"the record of {ledger.centre} names no release policy in force")
        entry = _unpacked(EntryReference, kept)
        policy = decode(dsse.parse(ledger.entry(entry)).payload)
        if not isinstance(policy, ReleasePolicy):
            raise Refused("jointwatch release", f"entry {entry.index} of {entry.log} is no release policy")
        return cls(ledger, partners, policy, entry, opens)

    def check_next(self, policy: ReleasePolicy) -> None:
        """Raise Refused unless a policy, whose signatures were verified, follows the one in force."""
        if (policy.number, policy.replaces) != (self.policy.number + 1, self._in_force.leaf_hash):
            raise Refused(
                "jointwatch release",
                f"policy {policy.number} does not replace policy {self.policy.number}, which is in force",
            )

    def adopt(self, policy: ReleasePolicy, entry: EntryReference) -> None:
        """Put a policy in force; what waits is judged by it from now on."""
        self.check_next(policy)
        self.policy, self._in_force = policy, entry
        self._ledger.remember(_POLICY, _packed(entry))

    @property
    def partners(self) -> set[str]:
        """Those to whom anything may go."""
        return set(self._partners)

    def gives(self, klass: str) -> bool:
        """Return whether any partner may have anything of a class."""
        return any(self.policy.rule(partner, klass) for partner in self._partners)

    def offer(self, message: Message, internal: EntryReference, subject: str, *, reason: str = "") -> None:
        """Let an internal entry go to whoever may have it now, and keep it for those who may have it later."""
        klass = CLASSES[type(message)]
        for audience in (COMMON,) if isinstance(message, Notice) else self._partners:
            self._take(_Offer(audience, klass, subject, self._ledger.now_tai_ns, internal, reason))

    def withdraw(self, track: str, reason: str) -> None:
        """Take back what partners were told of a track; what waits to be told is not told."""
        for number, offer in list(self._waiting.items()):
            if (offer.klass, offer.subject) == ("notify", track):
                self._forget(number)
        for partner in self._partners:
            if _reported(partner, track) in self._reported:
                self._take(_Offer(partner, "notify", track, self._ledger.now_tai_ns, None, reason))

    def forget(self, reported: Container[str]) -> None:
        """Forget of which report partners were told, of tracks but these, and when tracks were last told long ago.

        reported: tracks of which something was reported that may yet be corrected.
        """
        waiting = {offer.subject for offer in self._waiting.values()}
        for key in [key for key in self._reported if key.split("/", 3)[3] not in reported]:
            if key.split("/", 3)[3] not in waiting:
                del self._reported[key]
                self._ledger.remember(key, None)
        old_tai_ns = self._ledger.now_tai_ns - max(_LAST_KEPT_NS, *(rule.every_ns for rule in self.policy.rules), 0)
        for key in [key for key, last in self._last_tai_ns.items() if last < old_tai_ns]:
            del self._last_tai_ns[key]
            self._ledger.remember(key, None)

    def let_go(self) -> None:
        """Let go what has waited long enough; of one log in the order in which it was offered."""
        held_up = set[tuple[str, str]]()
        for number, waiting in list(self._waiting.items()):
            offer = self._dated(number, waiting)
            rule = self.policy.rule(offer.audience, offer.klass)
            if rule is not None and (_to(offer) in held_up or not self._due(offer, rule)):
                held_up.add(_to(offer))
                continue
            self._forget(number)
            if rule is not None:
                self._let_out(offer, rule)

    def _take(self, offer: _Offer) -> None:
        """Let an offer out now or, behind whatever waits for the same log, when its time has come."""
        rule = self.policy.rule(offer.audience, offer.klass)
        if rule is None:
            return
        if self._behind[_to(offer)] or not self._due(offer, rule):
            self._wait(offer)
        else:
            self._let_out(offer, rule)

    def _let_out(self, offer: _Offer, rule: ReleaseRule) -> None:
        if offer.internal is None:
            self._say_withdrawn(offer, rule)
        else:
            self._release(offer, offer.internal, rule)

    def _due(self, offer: _Offer, rule: ReleaseRule) -> bool:
        late_enough = self._ledger.now_tai_ns >= offer.offered_tai_ns + rule.delay_ns
        return late_enough and self._opens(self._ledger.to(offer.audience, offer.klass))

    def _dated(self, number: int, offer: _Offer) -> _Offer:
        """Return what waits; offered now where the clock was set back before that: it waits its time, and no more."""
        if offer.offered_tai_ns <= self._ledger.now_tai_ns:
            return offer
        self._waiting[number] = msgspec.structs.replace(offer, offered_tai_ns=self._ledger.now_tai_ns)
        self._ledger.remember(f"{_WAITING}{number:015d}", _packed(self._waiting[number]))
        return self._waiting[number]

    def _wait(self, offer: _Offer) -> None:
        number = next(reversed(self._waiting), 0) + 1
        self._waiting[number] = offer
        self._behind[_to(offer)] += 1
        self._ledger.remember(f"{_WAITING}{number:015d}", _packed(offer))

    def _forget(self, number: int) -> None:
        self._behind[_to(self._waiting.pop(number))] -= 1
        self._ledger.remember(f"{_WAITING}{number:015d}", None)

    def _release(self, offer: _Offer, internal: EntryReference, rule: ReleaseRule) -> None:
        """Say the released view, and record at home what stands behind it where it says less."""
        key = f"{_LAST}{offer.audience}/{offer.klass}/{offer.subject}"
        last_tai_ns = self._last_tai_ns.get(key, -rule.every_ns)
        if 0 <= offer.offered_tai_ns - last_tai_ns < rule.every_ns:  # before the last: the clock was set back
            return
        entry = self._ledger.entry(internal)
        message = decode(dsse.parse(entry).payload)
        view = release.view(message, entry, rule)
        if view is None:
            return
        self._last_tai_ns[key] = offer.offered_tai_ns
        self._ledger.remember(key, b"%d" % offer.offered_tai_ns)
        outbound = self._say(type(message), offer, rule, view)
        if view.salt:
            self._ledger.say(
                Release,
                self._ledger.internal(),
                internal=internal,
                outbound=outbound,
                salt=view.salt,
                withheld=view.withheld,
                rule=rule.in_words(),
            )

    def _say(self, kind: type[Message], offer: _Offer, rule: ReleaseRule, view: release.View) -> EntryReference:
        """Say a view to its audience; of a launch that was reported before, as a correction of that report."""
        log = self._ledger.to(offer.audience, offer.klass)
        if kind is not LaunchReport:
            return self._ledger.say(kind, log, **view.content)[1]
        key = _reported(offer.audience, offer.subject)
        items: LaunchItems = view.content["items"]
        if key not in self._reported:
            _, outbound = self._ledger.say(LaunchReport, log, items=items)
        else:
            reason = (offer.reason if rule.form != "five items" else "") or NEWER
            corrects = self._reported[key]
            _, outbound = self._ledger.say(Correction, log, corrects=corrects, reason=reason, replacement=items)
        self._reported[key] = outbound
        self._ledger.remember(key, _packed(outbound))
        return outbound

    def _say_withdrawn(self, offer: _Offer, rule: ReleaseRule) -> None:
        key = _reported(offer.audience, offer.subject)
        corrects = self._reported.pop(key, None)
        if corrects is not None:
            self._ledger.remember(key, None)
            reason = offer.reason if rule.form != "five items" else WITHDRAWN
            self._ledger.say(Correction, self._ledger.to(offer.audience, "notify"), corrects=corrects, reason=reason)


def _to(offer: _Offer) -> tuple[str, str]:
    return offer.audience, offer.klass


def _reported(partner: str, track: str) -> str:
    return f"{_REPORTED}{partner}/{track}"


def _packed(value: msgspec.Struct) -> bytes:
    return msgspec.msgpack.encode(value)


def _unpacked(kind: type[K], data: bytes) -> K:
    return msgspec.msgpack.decode(data, type=kind)
