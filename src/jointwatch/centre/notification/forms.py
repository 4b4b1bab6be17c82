"""What is filled in to tell of a launch, or of what became of it; angles in degrees, distances in kilometres, UTC.

[notification]
state = "RU"
vehicle = "missile"
generic_class = "ICBM"
from_utc = "2026-12-01T06:00:00Z"
until_utc = "2026-12-01T10:00:00Z"
site = "Plesetsk"
direction_deg = 62.0

[[notification.areas]]
role = "launch"
corners_deg = [[62.9, 40.6]]
radius_km = 30.0
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from jointwatch.centre.api.forms import Form, Line, Partner, Remark, Text, Utc, Word

State = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="two letters, such as RU")]
Km = Annotated[float, Field(ge=0, le=50_000, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, le=1_440, allow_inf_nan=False)]
Beyond = Annotated[tuple[State, ...], Field(max_length=32)]
Agreements = Annotated[tuple[Word, ...], Field(max_length=16)]
Direction = Annotated[float, Field(ge=0, lt=360, allow_inf_nan=False, description="degrees clockwise from north")]
Outcome = Literal["as announced", "otherwise", "failed"]
Vehicle = Literal["missile", "space launch", "sounding rocket", "spacecraft", "other"]


def _place(place: tuple[float, float]) -> tuple[float, float]:
    if not (abs(place[0]) <= 90 and abs(place[1]) <= 180):
        raise ValueError(f"a corner is latitude (to 90), then longitude (to 180), in degrees; it is {place}")
    return place


_Degrees = Annotated[float, Field(allow_inf_nan=False)]
Corner = Annotated[tuple[_Degrees, _Degrees], AfterValidator(_place)]


class AreaForm(Form):
    """An area: corners, or one corner and a radius, or a name alone."""

    role: Literal["launch", "impact", "hazard"]
    corners_deg: Annotated[tuple[Corner, ...], Field(max_length=64)] = ()
    radius_km: Km | None = None
    name: Line = ""


class NotificationForm(Form):
    """Tells beforehand of a launch, a geophysical experiment or a spacecraft brought down.

    agreements: those it is given under; left out, those that ask for it. interval_min: of several launches, the longest
    time between two. range_km, apogee_km, beyond (states in whose direction it leaves the territory): they decide which
    agreements ask for it, and are not sent. to: one partner, or all where it is left out.
    """

    state: State
    occasion: Literal["launch", "geophysical experiment", "de-orbiting"] = "launch"
    vehicle: Vehicle
    generic_class: Literal["ICBM", "SLBM", "IRBM", "MRBM", "SRBM", "-"] = "-"
    designation: Line = ""
    from_utc: Utc
    until_utc: Utc
    site: Line = ""
    direction_deg: Direction | None = None
    areas: Annotated[tuple[AreaForm, ...], Field(max_length=16)] = ()
    launches: Annotated[int, Field(ge=1, le=64)] = 1
    interval_min: Annotated[Minutes | None, Field(title="Longest time between two launches (minutes)")] = None
    range_km: Km | None = None
    apogee_km: Km | None = None
    beyond: Annotated[Beyond | None, Field(title="States toward which it leaves the territory")] = None
    agreements: Annotated[Agreements | None, Field(title="Agreements; none named: those that ask for it")] = None
    to: Annotated[Partner | None, Field(title="To one partner alone")] = None
    text: Remark = ""


class ExtensionForm(Form):
    """Extends a window, or moves it to a later time. from_utc: left out, it begins as before."""

    from_utc: Utc | None = None
    until_utc: Utc
    text: Remark = ""


class OutcomeForm(Form):
    """Tells what became of a launch; source: who says so."""

    outcome: Outcome
    launch_utc: Utc
    direction_deg: Direction | None = None
    areas: Annotated[tuple[AreaForm, ...], Field(max_length=16)] = ()
    text: Text
    source: Annotated[Line, Field(min_length=1)]


class CancellationForm(Form):
    """Tells that there will be no launch; source: who says so."""

    text: Text
    source: Annotated[Line, Field(min_length=1)]
