"""The joint picture hears everyone in one order, and never runs ahead of a partner still on the line."""

from __future__ import annotations

from itertools import permutations

import pytest

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.joint import JointPicture
from jointwatch.messages.heartbeat import Heartbeat


def beat(origin: str, number: int, tai_ns: int) -> Heartbeat:
    log = f"{origin}/{'b' if origin == 'a' else 'a'}/notify"
    return Heartbeat(
        mode="exercise", run="r", origin=origin, log=log, logged_tai_ns=tai_ns, id=f"{origin}-{number}", number=number
    )


class Listener:
    """Stands in for the watch: remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def be_at(self, tai_ns: int) -> None:
        pass

    def hear(self, owner: str, message: Heartbeat) -> None:
        self.heard.append(message.id)


def joint() -> tuple[JointPicture, Listener]:
    picture, listener = JointPicture(("a", "b"), BoostPriors()), Listener()
    picture.watch = listener  # type: ignore[assignment]
    return picture, listener


MESSAGES = [beat("a", 1, 10), beat("b", 1, 10), beat("a", 2, 20), beat("b", 2, 25)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_arrival_is_heard_in_the_same_order(order: tuple[int, ...]) -> None:
    picture, listener = joint()
    for index in order:
        message = MESSAGES[index]
        picture.said(message.origin, message.log, message.number, message)
    picture.hear_until(25)
    assert listener.heard == ["a-1", "b-1", "a-2", "b-2"]


def test_the_horizon_is_the_slowest_partner() -> None:
    picture, listener = joint()
    for message in (MESSAGES[0], MESSAGES[2], beat("a", 3, 30)):
        picture.said("a", message.log, message.number, message)
    assert picture.horizon_tai_ns == 0
    picture.said("b", MESSAGES[1].log, 1, MESSAGES[1])
    assert picture.horizon_tai_ns == 10
    picture.hear_until(picture.horizon_tai_ns)
    assert listener.heard == ["a-1", "b-1"]
