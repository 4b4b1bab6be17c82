"""Text values and comments as the CCSDS navigation messages allow them: one printable line, runs of blanks as one."""

from __future__ import annotations

from jointwatch.formats.refusal import shown

LONGEST_COMMENT = 246
"""What is left of a line of 254 after the word COMMENT and a blank."""
LONGEST_TEXT = 235
"""What is left of it after the longest keyword that takes a text, so that what XML gives can be written as lines."""


def plain_text(keyword: str, text: str) -> str:
    """Text with runs of blanks as one; raises ValueError unless it is printable ASCII with something in it."""
    plain = " ".join(text.split())
    if not plain or not plain.isascii() or not plain.isprintable():
        raise ValueError(f"{keyword} must be printable ASCII and not blank, got {shown(text)}")
    if len(plain) > LONGEST_TEXT:
        raise ValueError(f"{keyword} may have {LONGEST_TEXT} characters, got {len(plain)}")
    return plain


def check_texts(**texts: str | None) -> None:
    """Raise ValueError for a text, given by its keyword, that would read back as another."""
    for keyword, text in texts.items():
        if text is not None and plain_text(keyword, text) != text:
            raise ValueError(f"{keyword} must be one line with single blanks only, got {text!r}")


def check_comments(comments: tuple[str, ...]) -> None:
    """Raise ValueError for a comment that no line can hold."""
    for text in comments:
        if not text.isprintable() or len(text.encode()) > LONGEST_COMMENT or text != text.rstrip():
            raise ValueError(f"a comment is one printable line of at most {LONGEST_COMMENT} bytes, got {text[:40]!r}")
