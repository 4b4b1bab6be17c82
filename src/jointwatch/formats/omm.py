"""Orbit Mean-Elements Messages of SGP4, read strictly from JSON, XML, CSV or KVN.

The keywords, their units and what is required are those of CCSDS 502.0-B-3, table 4-3; JSON and CSV are the same
keywords as CelesTrak and Space-Track give them out. Keywords that SGP4 does not ask for are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jointwatch.formats.mean_elements import MeanElements, Reading, Refused, epoch_text, text_of
from jointwatch.formats.omm_encodings import Message, from_csv, from_json, from_kvn, from_xml

_FORMAT = "Orbit Mean-Elements Messages in JSON, XML, CSV or KVN"
_REAL = re.compile(r"[+-]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_OBJECT_ID = re.compile(r"([0-9]{4})-([0-9]{3})([A-Z]{0,3})")
_LONGEST_NAME = 100

# what must be said for SGP4, and in which unit where a unit is given
UNITS: dict[str, str] = {
    "MEAN_MOTION": "rev/day",
    "ECCENTRICITY": "",
    "INCLINATION": "deg",
    "RA_OF_ASC_NODE": "deg",
    "ARG_OF_PERICENTER": "deg",
    "MEAN_ANOMALY": "deg",
    "BSTAR": "1/ER",
    "MEAN_MOTION_DOT": "rev/day**2",
    "MEAN_MOTION_DDOT": "rev/day**3",
}
_NOT_ASKED_BY_SGP4 = {"MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"}
# what may be said in no other way; left out it is understood
_ONLY: dict[str, tuple[str, ...]] = {
    "CENTER_NAME": ("EARTH",),
    "REF_FRAME": ("TEME", "TEMEOFDATE"),
    "TIME_SYSTEM": ("UTC",),
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4"),
}


def read_omm(data: bytes | str) -> Reading:
    """Element sets of a file of messages in its order, and its bad messages with their line or number and reason.

    Which of the four ways of writing it is, is seen from how the file begins. A document of XML or JSON that is
    damaged as a whole is one ValueError that names the line, as is a file of another kind.

    >>> reading = read_omm('''[{"OBJECT_NAME": "VANGUARD 1", "OBJECT_ID": "1958-002B", "NORAD_CAT_ID": 5,
    ...     "EPOCH": "2020-10-13T04:52:48.472320", "MEAN_MOTION": 10.84869164, "ECCENTRICITY": 0.1845686,
    ...     "INCLINATION": 34.2443, "RA_OF_ASC_NODE": 225.5254, "ARG_OF_PERICENTER": 162.2516,
    ...     "MEAN_ANOMALY": 205.2356, "BSTAR": -2.2483e-05}, {"OBJECT_NAME": "VANGUARD 2"}]''')
    >>> reading.elements[0].object_name, str(reading.refused[0])
    ('VANGUARD 1', 'record 2: no NORAD_CAT_ID is given')
    """
    text = text_of(data, wanted=_FORMAT)
    messages: Iterable[Message]
    start = text.lstrip()[:1]
    if start in ("[", "{"):
        messages = from_json(text)
    elif start == "<":
        messages = from_xml(text)
    elif text.lstrip().startswith("CCSDS_OMM_VERS"):
        messages = from_kvn(text)
    elif "NORAD_CAT_ID" in text.lstrip().partition("\n")[0]:
        messages = from_csv(text)
    else:
        raise ValueError(
            f"wanted {_FORMAT}, got a file that begins with {text[:30]!r} (JSON begins with [ or {{, XML with <, "
            "KVN with CCSDS_OMM_VERS, CSV with a line of keywords)"
        )
    elements: list[MeanElements] = []
    refused: list[Refused] = []
    for message in messages:
        try:
            elements.append(_elements(message))
        except ValueError as error:
            refused.append(Refused(message.number, message.counted, str(error)))
    if not elements and not refused:
        raise ValueError(f"wanted {_FORMAT}, got a file without any message")
    return Reading(tuple(elements), tuple(refused))


def _elements(message: Message) -> MeanElements:
    if message.fault:
        raise ValueError(message.fault)
    said = message.values
    for keyword, allowed in _ONLY.items():
        if said.get(keyword, allowed[0]) not in allowed:
            raise ValueError(f"{keyword} is {said[keyword]!r}, read is only {' or '.join(allowed)}")
    number = _whole(said, "NORAD_CAT_ID")  # first: it tells which object is missing
    numbers = {keyword.lower(): _real(message, keyword) for keyword in UNITS}
    return MeanElements(
        object_name=_name(said.get("OBJECT_NAME", "")),
        object_id=_object_id(said.get("OBJECT_ID", "")),
        norad_cat_id=number,
        classification_type=_classification(said.get("CLASSIFICATION_TYPE", "U")),
        epoch=epoch_text(_given(said, "EPOCH")),
        ephemeris_type=_whole(said, "EPHEMERIS_TYPE", default=0),
        element_set_no=_whole(said, "ELEMENT_SET_NO", default=0),
        rev_at_epoch=_whole(said, "REV_AT_EPOCH", default=0),
        **numbers,
    )


def _given(said: Mapping[str, str], keyword: str) -> str:
    value = said.get(keyword, "")
    if not value:
        raise ValueError(f"no {keyword} is given")
    return value


def _real(message: Message, keyword: str) -> float:
    if keyword in _NOT_ASKED_BY_SGP4 and not message.values.get(keyword):
        return 0.0
    value, unit = _given(message.values, keyword), message.units.get(keyword, "")
    if unit and unit != UNITS[keyword]:
        raise ValueError(f"{keyword} is in {unit!r}, wanted {UNITS[keyword] or 'no unit'!r}")
    if _REAL.fullmatch(value) is None or abs(number := float(value)) == float("inf"):
        raise ValueError(f"{keyword} is {value[:40]!r}, wanted a decimal number")
    return number


def _whole(said: Mapping[str, str], keyword: str, *, default: int | None = None) -> int:
    if default is not None and not said.get(keyword):
        return default
    value = _given(said, keyword)
    if _WHOLE.fullmatch(value) is None:
        raise ValueError(f"{keyword} is {value[:40]!r}, wanted a whole number of at most nine digits")
    return int(value)


def _name(value: str) -> str:
    if "\ufffd" in value or not value.isprintable() or len(value) > _LONGEST_NAME:
        raise ValueError(
            f"OBJECT_NAME is {value[:40]!r}, wanted at most {_LONGEST_NAME} characters that can be printed"
        )
    return value


def _object_id(value: str) -> str:
    """The designator, or nothing where the message has none (an empty one, or `UNKNOWN` as the standard advises)."""
    if value in ("", "UNKNOWN"):
        return ""
    if _OBJECT_ID.fullmatch(value) is None:
        raise ValueError(f"OBJECT_ID is {value[:40]!r}, wanted a designator such as 1998-067A")
    return value


def _classification(value: str) -> str:
    if value not in ("U", "C", "S", ""):
        raise ValueError(f"CLASSIFICATION_TYPE is {value[:40]!r}, wanted U, C or S")
    return value or "U"
