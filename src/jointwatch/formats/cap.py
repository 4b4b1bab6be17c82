"""The Common Alerting Protocol, version 1.2 (OASIS, 1 July 2010; ITU-T X.1303): what one message holds.

What the standard says beyond its schema is checked here too: what an identifier may hold, what goes with a scope, that
an update names what it updates, that a polygon is closed. `cap_xml` reads and writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jointwatch.formats.refusal import shown

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health"),
    *("Env", "Transport", "Infra", "CBRNE", "Other"),
)
RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

LONGEST_TEXT = 32_768
MOST = 256
"""Of anything that may stand more than once: infos, areas, polygons, references."""
MOST_CORNERS = 1_024
GREATEST_OFFSET = timedelta(hours=14)
_NAME = re.compile(r"[^\s,<&]{1,512}")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_UNPRINTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Named:
    """A value under a name: an event code, a geocode, a parameter of the sender's own."""

    value_name: str
    value: str

    def __post_init__(self) -> None:
        check_text("valueName", self.value_name)
        check_text("value", self.value, empty=True)


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the ground: centre in degrees (WGS 84), radius in kilometres."""

    latitude_deg: float
    longitude_deg: float
    radius_km: float

    def __post_init__(self) -> None:
        check_corner("circle", (self.latitude_deg, self.longitude_deg))
        if not 0.0 <= self.radius_km <= 1e5:
            raise ValueError(f"circle: a radius is 0 to 100,000 km, got {self.radius_km}")


@dataclass(frozen=True, slots=True)
class Area:
    """Where: a description, and shapes whose union it is. Corners: latitude and longitude in degrees, WGS 84.

    altitude, ceiling: feet above mean sea level.
    """

    description: str
    polygons: tuple[tuple[Corner, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude_ft: float | None = None
    ceiling_ft: float | None = None

    def __post_init__(self) -> None:
        check_text("areaDesc", self.description)
        check_count(polygon=self.polygons, circle=self.circles, geocode=self.geocodes)
        for polygon in self.polygons:
            _check_polygon(polygon)
        if self.ceiling_ft is not None and self.altitude_ft is None:
            raise ValueError("ceiling: stands only beside an altitude")
        for height in (self.altitude_ft, self.ceiling_ft):
            if height is not None and not -1e5 <= height <= 1e10:
                raise ValueError(f"altitude and ceiling are feet above the sea, got {height}")


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that belongs to the information, given by an address or whole, in base64."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str | None = None
    content: str | None = None
    digest: str | None = None

    def __post_init__(self) -> None:
        check_text("resourceDesc", self.description)
        check_text("mimeType", self.mime_type)
        _check_texts(uri=self.uri, derefUri=self.content, digest=self.digest)
        if self.size is not None and not 0 <= self.size <= 2**63 - 1:
            raise ValueError(f"size: is a number of bytes, got {self.size}")


@dataclass(frozen=True, slots=True)
class Info:
    """What is said, in one language."""

    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str | None = None
    responses: tuple[str, ...] = ()
    audience: str | None = None
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()

    def __post_init__(self) -> None:
        check_text("event", self.event)
        if not self.categories:
            raise ValueError("category: an info has one or more")
        _check_known("category", CATEGORIES, *self.categories)
        _check_known("responseType", RESPONSES, *self.responses)
        _check_known("urgency", URGENCIES, self.urgency)
        _check_known("severity", SEVERITIES, self.severity)
        _check_known("certainty", CERTAINTIES, self.certainty)
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"language: wanted a code such as en-GB, got {shown(self.language)}")
        _check_texts(audience=self.audience, senderName=self.sender_name, headline=self.headline)
        _check_texts(description=self.description, instruction=self.instruction, web=self.web, contact=self.contact)
        check_count(category=self.categories, responseType=self.responses, eventCode=self.event_codes)
        check_count(parameter=self.parameters, resource=self.resources, area=self.areas)
        for name in ("effective", "onset", "expires"):
            _check_time(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, by all three that make it unique."""

    sender: str
    identifier: str
    sent: datetime

    def __post_init__(self) -> None:
        _check_name("references", self.sender)
        _check_name("references", self.identifier)
        _check_time("references", self.sent)


@dataclass(frozen=True, slots=True)
class Alert:
    """One message. incidents, addresses: each an item without quotation marks."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    type: str
    scope: str
    source: str | None = None
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    def __post_init__(self) -> None:
        _check_name("identifier", self.identifier)
        _check_name("sender", self.sender)
        _check_time("sent", self.sent)
        _check_known("status", STATUSES, self.status)
        _check_known("msgType", TYPES, self.type)
        _check_known("scope", SCOPES, self.scope)
        _check_texts(source=self.source, restriction=self.restriction, note=self.note)
        check_count(addresses=self.addresses, code=self.codes, references=self.references)
        check_count(incidents=self.incidents, info=self.infos)
        for code in self.codes:
            check_text("code", code)
        for item in (*self.addresses, *self.incidents):
            _check_item(item)
        if self.scope == "Restricted" and self.restriction is None:
            raise ValueError("restriction: wanted with the scope Restricted: to whom")
        if self.scope == "Private" and not self.addresses:
            raise ValueError("addresses: wanted with the scope Private: to whom")
        if self.type != "Alert" and not self.references:
            raise ValueError(f"references: wanted with the msgType {self.type}: to which message")

    @property
    def reference(self) -> Reference:
        """What a later message names this one by."""
        return Reference(self.sender, self.identifier, self.sent)


def check_text(name: str, text: str, *, empty: bool = False) -> None:
    """Raise ValueError for a text that would read back as another, or that is too long or missing."""
    if _UNPRINTED.search(text):
        raise ValueError(f"{name}: holds a character that XML cannot, got {shown(text)}")
    if text != text.strip() or not (text or empty):
        raise ValueError(f"{name}: wanted a text without blanks around it, got {shown(text)}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{name}: has {len(text)} characters; at most {LONGEST_TEXT} are read")


def check_corner(name: str, corner: Corner) -> None:
    """Raise ValueError for what is no place in degrees."""
    if not (-90.0 <= corner[0] <= 90.0 and -180.0 <= corner[1] <= 180.0):
        raise ValueError(f"{name}: wanted latitude,longitude in degrees, got {corner[0]},{corner[1]}")


def check_count(**several: Iterable[object]) -> None:
    """Raise ValueError where more stand than are read."""
    for name, items in several.items():
        if len(tuple(items)) > MOST:
            raise ValueError(f"{name}: at most {MOST} are read")


def _check_polygon(polygon: tuple[Corner, ...]) -> None:
    """Four pairs or more, of which the last is the first again [CAP 1.2, 3.2.4]."""
    if not 4 <= len(polygon) <= MOST_CORNERS or polygon[0] != polygon[-1]:
        raise ValueError(f"polygon: wanted 4 to {MOST_CORNERS} corners, the last of which is the first again")
    for corner in polygon:
        check_corner("polygon", corner)


def _check_texts(**texts: str | None) -> None:
    for name, text in texts.items():
        if text is not None:
            check_text(name, text)


def _check_known(name: str, known: tuple[str, ...], *words: str) -> None:
    for word in words:
        if word not in known:
            raise ValueError(f"{name}: must be one of {', '.join(known)}, got {shown(word)}")


def _check_name(name: str, text: str) -> None:
    """Spaces, commas, < and & are not allowed in what a reference is made of [CAP 1.2, 3.2.1]."""
    check_text(name, text)
    if not _NAME.fullmatch(text):
        raise ValueError(f"{name}: wanted at most 512 characters without spaces, commas, < and &, got {shown(text)}")


def _check_item(text: str) -> None:
    check_text("addresses and incidents", text)
    if '"' in text or " ".join(text.split()) != text:
        raise ValueError(f"addresses and incidents: wanted one line without quotation marks, got {shown(text)}")


def _check_time(name: str, time: datetime | None) -> None:
    offset = time.utcoffset() if time is not None else timedelta(0)
    if offset is None:
        raise ValueError(f"{name}: wanted a time with its offset from UTC")
    if time is not None and (time.microsecond or offset.seconds % 60 or abs(offset) > GREATEST_OFFSET):
        raise ValueError(f"{name}: wanted whole seconds and an offset of whole minutes within 14 hours, got {time}")
