"""Numbers, times and places as a report prints them: text only, rounded to what its uncertainty supports."""

from __future__ import annotations

import math
import re

from jointwatch.messages.picture import Ellipse

NOTHING = "–"
_MONTHS = (  # not from the locale: the same bytes everywhere
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def visible(text: str) -> str:
    """Return the text with everything replaced that would be read otherwise than it is stored.

    Control characters, invisible spaces and the marks that turn the order of letters round: a signed sentence must
    not look like another one. What joins letters in Persian or Arabic stays.

    >>> visible("T-0001\u202e1000-T")
    'T-0001�1000-T'
    """
    return _INVISIBLE.sub("\ufffd", text)


def short(text: str, most: int = 32) -> str:
    """Return the text, cut with an ellipsis where it is longer than a figure can hold.

    >>> short("Armavir"), short("a name as long as a sentence", 10)
    ('Armavir', 'a name as…')
    """
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def clock(time_utc: str) -> str:
    """Return the time of day in an ISO text, to the second and cut, not rounded.

    >>> clock("2009-05-20T08:01:12.934Z")
    '08:01:12'
    """
    return time_utc[11:19] if "T" in time_utc else time_utc


def day(time_utc: str) -> str:
    """Return the date in an ISO text in words; text of another form comes back as it is.

    >>> day("2009-05-20T08:01:12Z")
    '20 May 2009'
    """
    year, month, number = time_utc[:4], time_utc[5:7], time_utc[8:10]
    if not (year + month + number).isdecimal() or not 1 <= int(month) <= len(_MONTHS):
        return time_utc
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


def after_launch(seconds: float) -> str:
    """Return seconds after launch the way a count is spoken.

    >>> after_launch(72.4), after_launch(-3.0)
    ('T+72\xa0s', 'T−3\xa0s')
    """
    return f"T{'−' if round(seconds) < 0 else '+'}{abs(round(seconds))}\xa0s"


def duration(seconds: float) -> str:
    """Return a length of time in seconds, from two minutes on in minutes and seconds.

    >>> duration(41.6), duration(385)
    ('42\xa0s', '6\xa0min\xa025\xa0s')
    """
    whole = round(seconds)
    return f"{whole}\xa0s" if whole < 120 else f"{whole // 60}\xa0min\xa0{whole % 60:02d}\xa0s"


def place(latitude_deg: float, longitude_deg: float) -> str:
    """Return a place in degrees and thousandths, about 0.1 km.

    >>> place(35.2344, -0.5)
    '35.234° N, 0.500° W'
    """
    north, east = "N" if latitude_deg >= 0 else "S", "E" if longitude_deg >= 0 else "W"
    return f"{abs(latitude_deg):.3f}° {north}, {abs(longitude_deg):.3f}° {east}"


def wind(azimuth_deg: float) -> str:
    """Return the direction in words, to an eighth of the circle.

    >>> wind(138.0)
    'south-east'
    """
    return _WINDS[round(azimuth_deg / 45.0) % 8]


def digits(sigma: float) -> int:
    """Return how many decimals a value with this uncertainty deserves: two figures of a sigma starting with 1 or 2.

    >>> digits(12.0), digits(3.4), digits(0.21)
    (0, 0, 2)
    """
    if not (math.isfinite(sigma) and sigma > 0):
        return 1
    exponent = math.floor(math.log10(sigma))
    return max(0, -exponent + (1 if sigma / 10.0**exponent < 3.0 else 0))


def number(value: float, decimals: int) -> str:
    """Return a number with a true minus sign and thin spaces between thousands; not finite is a dash.

    >>> number(-12345.67, 1), number(float("nan"), 1)
    ('−12\u202f345.7', '–')
    """
    if not math.isfinite(value):
        return NOTHING
    return f"{value:,.{decimals}f}".replace(",", "\u202f").replace("-", "−")


def measured(value: float, sigma: float | None, unit: str) -> str:
    """Return a value with its one-sigma, both rounded to what the sigma supports.

    >>> measured(459.26, 6.1, "km")
    '459 ± 6 km'
    """
    if sigma is None or not math.isfinite(sigma):
        return f"{number(value, _plain_digits(value))} {unit}"
    return f"{number(value, digits(sigma))} ± {number(sigma, digits(sigma))} {unit}"


def length(kilometres: float) -> str:
    """Return a length in km with about three figures.

    >>> length(0.12), length(6.13), length(1329.4)
    ('0.12\xa0km', '6.1\xa0km', '1\u202f329\xa0km')
    """
    return f"{number(kilometres, _plain_digits(kilometres))}\xa0km"


def axes(ellipse: Ellipse) -> str:
    """Return both semi-axes of an ellipse and where the longer one points.

    >>> axes(Ellipse(35.0, 54.0, 24.2, 9.1, 63.0))
    '± 24 × 9.1\xa0km, long axis 63°'
    """
    major, minor = ellipse.semi_major_km, ellipse.semi_minor_km
    return f"± {number(major, _plain_digits(major))} × {length(minor)}, long axis {ellipse.azimuth_deg % 180.0:.0f}°"


def probability(p: float) -> str:
    """Return a probability, without pretending to certainty at the ends.

    >>> probability(0.4212), probability(0.0002), probability(0.9999)
    ('0.42', 'under 0.01', 'over 0.99')
    """
    if p < 0.01:
        return "under 0.01"
    return "over 0.99" if p > 0.99 else f"{p:.2f}"


def listed(words: list[str], last: str = "and") -> str:
    """Return words as a list within a sentence.

    >>> listed(["Gabala", "Armavir", "Pechora"])
    'Gabala, Armavir and Pechora'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def fingerprint(text: str) -> str:
    """Return a fingerprint in groups of four, so that two people can read it to each other.

    >>> fingerprint("8f0a11bc")
    '8f0a 11bc'
    """
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4)) if " " not in text and ":" not in text else text


def _plain_digits(value: float) -> int:
    size = abs(value)
    return 2 if size < 1 else 1 if size < 10 else 0
