"""The one error of this room: what was refused, and under which rule."""

from __future__ import annotations

from jointwatch.messages.sentence import plain


class Refused(ValueError):  # noqa: N818 - the word of the field, not of the language
    """Raised for bytes, proofs and signatures that are not accepted; `rule` names the rule they break.

    >>> print(Refused("RFC 6962 2.1.1", "the proof has 2 hashes; 3 are needed"))
    the proof has 2 hashes; 3 are needed [RFC 6962 2.1.1]
    """

    def __init__(self, rule: str, sentence: str):
        self.rule = rule
        self.sentence = plain(sentence)  # it may quote what came
        super().__init__(f"{self.sentence} [{rule}]")
