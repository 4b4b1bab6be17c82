"""Cursor on Target events, version 2.0 (MITRE, Event-PUBLIC.xsd), as displays of the TAK family take them: a writer.

One-way on purpose: nothing is read from such a network. An event marks an ellipse on the ground under a uid, another
takes it away again; the same uid said again moves the mark. `opex` tells an exercise (e) from operation (o).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from jointwatch.formats.decimals import real_text

UNKNOWN_M = 9_999_999.0
"""What stands for a height or an error that is not known."""
ELLIPSE, DELETION = "u-d-c-e", "t-x-d-d"
FUSED = "m-f"
"""How it is known: by machine, from what several sensors saw."""
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Span:
    """When an event was made, from when on it holds, and when it is stale; UTC, such as 2009-05-20T04:01:12Z."""

    time: str
    start: str
    stale: str

    def __post_init__(self) -> None:
        for text in (self.time, self.start, self.stale):
            if not _TIME.fullmatch(text):
                raise ValueError(f"wanted a time such as 2009-05-20T04:01:12Z, got {text!r}")


@dataclass(frozen=True, slots=True)
class Mark:
    """An ellipse on the ground. angle_deg: of its major axis from north; error_m: one sigma along that axis."""

    latitude_deg: float
    longitude_deg: float
    semi_major_m: float
    semi_minor_m: float
    angle_deg: float
    error_m: float
    callsign: str
    remarks: str

    def __post_init__(self) -> None:
        if not (-90.0 <= self.latitude_deg <= 90.0 and -180.0 <= self.longitude_deg <= 180.0):
            raise ValueError(f"wanted degrees, got {self.latitude_deg}, {self.longitude_deg}")
        if not 0.0 <= self.semi_minor_m <= self.semi_major_m:
            raise ValueError(f"wanted half axes, the longer first, got {self.semi_major_m} and {self.semi_minor_m} m")


def marked(uid: str, span: Span, mark: Mark, *, opex: str) -> bytes:
    """Return the event that draws a mark, or moves the one that this uid has."""
    ellipse = (
        f"<ellipse major={_number(mark.semi_major_m)} minor={_number(mark.semi_minor_m)} "
        f"angle={_number(mark.angle_deg % 360.0)}/>"
    )
    detail = (
        f"<contact callsign={_quoted(mark.callsign)}/><shape>{ellipse}</shape><remarks>{_text(mark.remarks)}</remarks>"
    )
    point = _point(mark.latitude_deg, mark.longitude_deg, mark.error_m)
    return _event(uid, ELLIPSE, span, opex, point, detail)


def taken_away(uid: str, span: Span, *, opex: str) -> bytes:
    """Return the event that takes away the mark of a uid; where there is none it does nothing."""
    detail = f'<link uid={_quoted(uid)} relation="none" type="none"/><__forcedelete/>'
    return _event(f"{uid}:deletion", DELETION, span, opex, _point(0.0, 0.0, UNKNOWN_M), detail)


def _event(uid: str, type: str, span: Span, opex: str, point: str, detail: str) -> bytes:
    times = f'time="{span.time}" start="{span.start}" stale="{span.stale}"'
    head = f'<event version="2.0" uid={_quoted(uid)} type="{type}" {times} how="{FUSED}" opex={_quoted(opex)}>'
    return f"{head}{point}<detail>{detail}</detail></event>".encode()


def _point(latitude_deg: float, longitude_deg: float, error_m: float) -> str:
    return (
        f"<point lat={_number(latitude_deg)} lon={_number(longitude_deg)} hae={_number(UNKNOWN_M)} "
        f"ce={_number(error_m)} le={_number(UNKNOWN_M)}/>"
    )


def _number(value: float) -> str:
    return f'"{real_text(round(value, 7))}"'


def _quoted(text: str) -> str:
    return quoteattr(_UNPRINTED.sub("\ufffd", text))


def _text(text: str) -> str:
    return escape(_UNPRINTED.sub("\ufffd", text))
