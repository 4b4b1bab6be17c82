"""The values messages are made of, each with its range: checked when bytes are read, and published in the schema.

SI units and radians, as the names of the fields say. A bound also keeps out NaN and the infinities, which are no
measurement and which JSON cannot say.
"""

from __future__ import annotations

from math import pi
from typing import Annotated, Literal

from msgspec import Meta

TaiNs = Annotated[int, Meta(ge=0, le=2**63 - 1, description="nanoseconds of TAI since 1970-01-01T00:00:00 TAI")]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]

Finite = Annotated[float, Meta(ge=-1e18, le=1e18)]
Latitude = Annotated[float, Meta(ge=-pi / 2, le=pi / 2, description="radians, geodetic, WGS 84, north positive")]
Longitude = Annotated[float, Meta(ge=-pi, le=pi, description="radians, east positive")]
Height = Annotated[float, Meta(ge=-12_000.0, le=1e9, description="metres above the WGS 84 ellipsoid")]
Azimuth = Annotated[float, Meta(ge=-pi, le=2 * pi, description="radians clockwise from north")]
Elevation = Annotated[float, Meta(ge=-pi / 2, le=pi / 2, description="radians above the horizontal plane")]
Range = Annotated[float, Meta(ge=0.0, le=1e9, description="metres")]
Length = Annotated[float, Meta(ge=0.0, le=1e9, description="metres")]
SigmaMetres = Annotated[float, Meta(ge=0.0, le=1e9, description="metres, one sigma")]
SigmaRadians = Annotated[float, Meta(ge=0.0, le=pi, description="radians, one sigma")]
SigmaSeconds = Annotated[float, Meta(ge=0.0, le=1e6, description="seconds, one sigma")]
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]

# "$" alone would let a newline follow; a text of one line keeps out what could steer a terminal or reverse reading.
_END = r"$(?!\n)"
_PRINTABLE = r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
Word = Annotated[str, Meta(pattern=rf"^[a-z0-9][a-z0-9.-]{{0,62}}{_END}")]
LogName = Annotated[str, Meta(pattern=rf"^[a-z0-9][a-z0-9.-]{{0,62}}(/[a-z0-9][a-z0-9.-]{{0,62}}){{2}}{_END}")]
TreeName = Annotated[
    str,
    Meta(
        pattern=rf"^[a-z0-9][a-z0-9.-]{{0,62}}(/[a-z0-9][a-z0-9.-]{{0,62}}){{2}}(/[0-9]{{4}}-(0[1-9]|1[0-2]))?{_END}",
        description="a log, or of a log with shards the shard of one month",
    ),
]
Month = Annotated[str, Meta(pattern=rf"^[0-9]{{4}}-(0[1-9]|1[0-2]){_END}", description="year and month")]
Id = Annotated[str, Meta(pattern=rf"^[A-Za-z0-9][A-Za-z0-9._:/-]{{0,127}}{_END}")]
MaskedId = Annotated[
    str,
    Meta(
        pattern=rf"^([A-Za-z0-9][A-Za-z0-9._:/-]{{0,127}})?{_END}", description="empty: masked, the sender does not say"
    ),
]
PRINTABLE_LINE = rf"^{_PRINTABLE}*{_END}"
Line = Annotated[str, Meta(max_length=200, pattern=PRINTABLE_LINE)]
Sentence = Annotated[str, Meta(max_length=2_000, pattern=PRINTABLE_LINE)]


def octets(least: int, most: int, description: str | None = None) -> Meta:
    """Return the range of a binary field's length, in bytes.

    The schema's own words for it, `minLength` and `maxLength`, count characters of base64, and three lengths share one.
    """
    exact = {"minBytes": least, "maxBytes": most}
    return Meta(min_length=least, max_length=most, description=description, extra_json_schema=exact)


Hash = Annotated[bytes, octets(32, 32, "SHA-256")]
PublicKeyBytes = Annotated[bytes, octets(32, 32, "Ed25519 public key")]
Commitment = Annotated[bytes, octets(0, 32, "32 bytes: SHA-256 of salt and internal entry; empty: not a released view")]

Mode = Literal["exercise", "operational"]
Verdict = Literal["space launch", "missile", "undecided", ""]
"""Empty: withheld."""
RangeClass = Literal["SRBM", "MRBM", "IRBM", "ICBM", "-", ""]
"""By estimated range; "-": none; empty: withheld."""
