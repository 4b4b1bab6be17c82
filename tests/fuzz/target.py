"""What a fuzz target is: a law that must hold for any bytes, what to begin with, and which bytes are an envelope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import MessageRefused
from tests.exchange.second.wrong import Wrong

LONGEST_SENTENCE = 800
REFUSALS = (Refused, MessageRefused)
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Target:
    """A reader under test.

    law: returns whether the bytes were accepted; whatever it raises is a finding. seeds: inputs to begin with, all of
    them accepted. packed: from which byte on the input is one MessagePack value, or None.
    """

    law: Callable[[bytes], bool]
    seeds: Callable[[], Sequence[bytes]]
    packed: int | None = None


def value_of(read: Callable[[], A]) -> A | None:
    """Return what was read, or None where it was refused: in one sentence, as that and nothing else."""
    try:
        return read()
    except REFUSALS as refusal:
        sentence = str(refusal)
        assert 0 < len(sentence) < LONGEST_SENTENCE, len(sentence)
        assert sentence.isprintable(), ascii(sentence)
        return None


def agreed(ours: Callable[[], A], theirs: Callable[[], B]) -> tuple[A, B] | None:
    """Return what both verifiers read, or None where both refuse; one verdict each is a finding."""
    mine = value_of(ours)
    try:
        other, why = theirs(), ""
    except Wrong as wrong:
        other, why = None, str(wrong)
    assert mine is None or other is not None, f"ours accepts, the second verifier refuses: {why}"
    assert other is None or mine is not None, f"the second verifier accepts, ours refuses: {refusal_of(ours)}"
    return None if mine is None or other is None else (mine, other)


def refusal_of(read: Callable[[], object]) -> str:
    """Return the sentence with which something is refused; empty where it is not."""
    try:
        read()
    except REFUSALS as refusal:
        return str(refusal)
    return ""
