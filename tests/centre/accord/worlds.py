"""Accord logs for the tests: centres that say what one has them say, honest or not, and readers of what they said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from jointwatch.centre.accord.papers import Standing, accord_log
from jointwatch.centre.accord.reading import Reading
from jointwatch.centre.saying import Saying
from jointwatch.messages.accord import AgreedMember, Assent, Conclusion, JointText, Proposal, Rules, Thresholds
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Message, encode
from jointwatch.messages.reference import EntryReference

Logs = Mapping[str, Sequence[tuple[bytes, Message | None]]]
IDENTITY = "SHA256:" + "A" * 43


class World:
    """The logs of some centres, and who says the next thing."""

    def __init__(self, *centres: str) -> None:
        self.logs: dict[str, list[tuple[bytes, Message | None]]] = {centre: [] for centre in centres}

    def saying(self, centre: str) -> Saying:
        number = sum(map(len, self.logs.values()))
        return Saying(centre, "watch", "exercise", 1_000 + number, f"{number:04d}")

    def say(self, centre: str, *messages: Message) -> EntryReference:
        """Append messages to a centre's log; the reference is to the last."""
        for message in messages:
            leaf = hashlib.sha256(encode(message) + len(self.logs[centre]).to_bytes(4, "big")).digest()
            self.logs[centre].append((leaf, message))
        return self.at(centre, len(self.logs[centre]) - 1)

    def at(self, centre: str, index: int) -> EntryReference:
        return EntryReference(log=accord_log(centre), index=index, leaf_hash=self.logs[centre][index][0])

    def propose(self, centre: str, **content: Any) -> EntryReference:
        return self.say(centre, Proposal(**self._header(centre, "proposal"), **content))

    def sign(self, centre: str, proposal: EntryReference, **content: Any) -> EntryReference:
        return self.say(centre, Assent(**self._header(centre, "assent"), proposal=proposal, **content))

    def withdraw(self, centre: str, entry: EntryReference) -> EntryReference:
        return self.say(centre, Correction(**self._header(centre, "withdrawal"), corrects=entry, reason="taken back"))

    def conclude(self, centre: str, proposal: EntryReference, *assents: EntryReference) -> EntryReference:
        return self.say(centre, Conclusion(**self._header(centre, "end"), proposal=proposal, assents=assents))

    def founded(self, first: str, *others: str) -> EntryReference:
        """The conclusion of first rules between these centres."""
        proposal = self.propose(first, rules=rules(1, first, *others))
        return self.conclude(first, proposal, *(self.sign(other, proposal) for other in others))

    def standing(self, **sizes: int) -> Standing:
        """How it stands by the logs, or by so many entries of some of them."""
        return standing({name: log[: sizes.get(name, len(log))] for name, log in self.logs.items()})

    def _header(self, centre: str, what: str) -> dict[str, Any]:
        saying = self.saying(centre)
        return saying.header(saying.common("accord"), what)


def standing(logs: Logs) -> Standing:
    """How the accord stands, read from these logs at once."""
    reading = Reading(list(logs))
    for name, log in logs.items():
        reading.hear(name, log)
    return reading.standing()


def rules(number: int, *members: str, **thresholds: float) -> Rules:
    named = tuple(AgreedMember(centre=name, identity=IDENTITY) for name in sorted(members))
    return Rules(number=number, members=named, thresholds=Thresholds(**thresholds))


def text(*points: str) -> JointText:
    return JointText(title="On the launch", points=points or ("One missile was launched.", "It fell into the sea."))
