"""How a file is turned away: one sentence with the place, what was wanted and what came."""

from __future__ import annotations


class Refusal(ValueError):  # noqa: N818 - the file is turned away, nothing went wrong here
    """A file that is not what its format demands; the text is one sentence that begins with the place.

    >>> str(Refusal("line 12", "RANGE_UNITS must be one of km, s, RU, got 'm'"))
    "line 12: RANGE_UNITS must be one of km, s, RU, got 'm'"
    """

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(f"{where}: {sentence}" if where else sentence)
        self.where = where
        self.sentence = sentence


class BadRow(ValueError):  # noqa: N818 - a step on the way to a Refusal
    """One entry of a column that cannot be taken; whoever knows which line the row stood on turns it into a Refusal."""

    def __init__(self, row: int, sentence: str) -> None:
        super().__init__(f"row {row}: {sentence}")
        self.row = row
        self.sentence = sentence


def shown(text: str | bytes, longest: int = 40) -> str:
    """What came, quoted and cut, so that a hostile line cannot fill the message.

    >>> shown("x" * 100, 5)
    "'xxxxx...'"
    """
    plain = text.decode("ascii", "backslashreplace") if isinstance(text, bytes) else text
    return repr(plain if len(plain) <= longest else plain[:longest] + "...")
