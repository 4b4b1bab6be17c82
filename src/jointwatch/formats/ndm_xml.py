"""What the CCSDS navigation messages have in common in XML (505.0-B): wrapper, root, sections, comments, units."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from jointwatch.formats.kvn import Assignments, add_comment
from jointwatch.formats.ndm_elements import SCHEMA_INSTANCE, Element, Elements
from jointwatch.formats.refusal import Refusal, shown

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def begin(elements: Elements, name: str, identity: str) -> tuple[str, bool]:
    """The version of the message that begins, and whether an <ndm> stands around it."""
    root = elements.take()
    wrapped = root.opens and root.name == "ndm"
    if wrapped:
        while (root := elements.take()).text is not None and root.name in ("COMMENT", "MESSAGE_ID"):
            pass
    if not root.opens or root.name != name:
        raise Refusal(root.where, f"wanted <{name}> here")
    return version_of(root, identity), wrapped


def finish(elements: Elements, name: str, wrapped: bool) -> None:
    """Take the end of the message and read to the end of the document, so that what follows is refused too."""
    close(elements, name)
    if wrapped:
        element = elements.take()
        if element.name != "ndm" or element.opens:
            raise Refusal(element.where, "only one message may stand in <ndm>; give each its own file")
    elements.finish()


def version_of(root: Element, identity: str) -> str:
    """The version a root element states; raises Refusal where it states no identity or anything unknown."""
    for name in root.attributes:
        if name not in ("id", "version") and not name.startswith(SCHEMA_INSTANCE + " "):
            raise Refusal(root.where, f"unknown attribute {shown(name)}")
    if root.attributes.get("id") != identity or "version" not in root.attributes:
        raise Refusal(root.where, f'wanted the attributes id="{identity}" and version')
    return root.attributes["version"]


def check_units(element: Element, unit: str) -> None:
    """Raise Refusal for an attribute that is not `units`, or for other units than those of the standard."""
    for name, value in element.attributes.items():
        if name != "units":
            raise Refusal(element.where, f"unknown attribute {shown(name)}")
        if not unit or value != unit:
            raise Refusal(element.where, f"its unit is {unit or 'none'}, got units={shown(value)}")


def assigned(elements: Elements, section: str, known: tuple[str, ...], units: dict[str, str]) -> Assignments:
    """The comments and leaves of a container up to its end; comments come first, keywords once."""
    comments: list[str] = []
    values: dict[str, tuple[int, str]] = {}
    while (element := elements.take()).text is not None:
        keyword = element.name
        check_units(element, units.get(keyword, ""))
        if keyword == "COMMENT":
            if values:
                raise Refusal(element.where, f"comments stand at the beginning of the {section}, not after keywords")
            add_comment(comments, comment_of(element), element.where)
        elif keyword not in known:
            raise Refusal(element.where, f"this is no keyword of the {section}")
        elif keyword in values:
            raise Refusal(element.where, f"it was already given on line {values[keyword][0]}")
        else:
            values[keyword] = (element.line, _value_text(element))
    if element.opens or element.name != section:
        raise Refusal(element.where, f"wanted a keyword of the {section} or its end")
    return Assignments(tuple(comments), values, element.line)


def _value_text(element: Element) -> str:
    text = " ".join((element.text or "").split())
    if not text:
        raise Refusal(element.where, "it has no value; leave the element out or give one")
    return text


def close(elements: Elements, name: str) -> None:
    """Take the end of a container; raises Refusal for anything else."""
    element = elements.take()
    if element.opens or element.text is not None or element.name != name:
        raise Refusal(element.where, f"wanted the end of {name} here")


def comment_of(element: Element) -> str:
    """The comment of an element on one line."""
    text = element.text or ""
    if "\n" in text or "\r" in text:
        text = re.sub(r"\s*[\r\n]+\s*", " ", text).strip()
    return text.replace("\t", " ").rstrip()


def leaf(indent: int, name: str, text: str, attributes: str = "") -> str:
    """A leaf to write, on a line of its own.

    >>> leaf(1, "ORIGINATOR", "A & B")
    '  <ORIGINATOR>A &amp; B</ORIGINATOR>\\n'
    """
    return f"{'  ' * indent}<{name}{attributes}>{escape(text)}</{name}>\n"


def leaves(indent: int, comments: tuple[str, ...], values: dict[str, str]) -> bytes:
    """Comments and then leaves to write."""
    texts = [leaf(indent, "COMMENT", comment) for comment in comments]
    texts += [leaf(indent, keyword, value) for keyword, value in values.items()]
    return "".join(texts).encode()


def leading_comments(elements: Elements) -> tuple[str, ...]:
    """The comments that come next, before anything else."""
    comments: list[str] = []
    while (element := elements.take()).name == "COMMENT":
        add_comment(comments, comment_of(element), element.where)
    elements.back()
    return tuple(comments)


def root_tag(name: str, identity: str, version: str) -> bytes:
    """The start tag of a message to write, for the schemas without namespace."""
    where = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-2.0.0-master-2.0.xsd"
    return (
        f'<{name} xmlns:xsi="{SCHEMA_INSTANCE}" xsi:noNamespaceSchemaLocation="{where}" '
        f'id="{identity}" version="{version}">\n'
    ).encode()
