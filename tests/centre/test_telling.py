"""What is offered of what others wrote into the record: a notice that its source told every partner is not repeated."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from jointwatch.centre.duty import telling
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.notice import Notice
from jointwatch.messages.reference import EntryReference

AT = EntryReference(log="moscow/moscow/record", index=7, leaf_hash=bytes(32))


@pytest.mark.parametrize(
    ("told", "offered"),
    [((), True), (("ankara",), True), (("ankara", "brussels"), False), (("ankara", "brussels", "minsk"), False)],
)
def test_a_notice_is_offered_unless_every_partner_was_told_it(told: tuple[str, ...], offered: bool) -> None:
    offers: list[str] = []
    partners = {"ankara", "brussels"}
    outlet: Any = SimpleNamespace(partners=partners, offer=lambda message, at, subject: offers.append(subject))
    notice = EXAMPLES["notice"]
    assert isinstance(notice, Notice)
    contents = msgspec.structs.replace(notice.contents, told=told)
    telling.offer(outlet, msgspec.structs.replace(notice, contents=contents), AT)
    assert bool(offers) == offered
