"""Every keyword of the Tracking Data Message with its unit and its bounds: CCSDS 503.0-B-2, tables 3-2, 3-3 and 3-5."""

from __future__ import annotations

import math
from dataclasses import dataclass

INDEXES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Observable:
    """One kind of observation: its unit, its least value, and whether it may be about one participant alone."""

    unit: str
    least: float = -math.inf
    above: bool = False
    """The least value itself is excluded."""
    whole: bool = False
    alone: bool = False

    def wanted(self) -> str:
        """What its values must be, in words.

        >>> OBSERVABLES["RCS"].wanted(), OBSERVABLES["DOPPLER_COUNT"].wanted()
        ('above 0 m**2', 'at least 0 and whole')
        """
        unit = "" if self.unit == "n/a" else f" {self.unit}"
        return f"{'above' if self.above else 'at least'} {self.least:g}{unit}{' and whole' if self.whole else ''}"


def _indexed(name: str, observable: Observable) -> dict[str, Observable]:
    return {f"{name}_{n}": observable for n in INDEXES}


# Signs are checked here. The standard's upper bounds (angles below 360 deg, humidity to 100 %) are not: public samples
# break them (2,062 deg, 4,600 %). Whoever uses such a value checks it, as measurements.py does for angles.
OBSERVABLES: dict[str, Observable] = {
    "ANGLE_1": Observable("deg"),
    "ANGLE_2": Observable("deg"),
    "CARRIER_POWER": Observable("dBW"),
    "CLOCK_BIAS": Observable("s"),
    "CLOCK_DRIFT": Observable("s/s"),
    "DOPPLER_COUNT": Observable("n/a", 0.0, whole=True),
    "DOPPLER_INSTANTANEOUS": Observable("km/s"),
    "DOPPLER_INTEGRATED": Observable("km/s"),
    "DOR": Observable("s"),
    "MAG": Observable("n/a"),
    "PC_N0": Observable("dBHz"),
    "PR_N0": Observable("dBHz"),
    "PRESSURE": Observable("hPa", 0.0, alone=True),
    "RANGE": Observable("km, s or RU"),
    "RCS": Observable("m**2", 0.0, above=True),
    "RECEIVE_FREQ": Observable("Hz"),
    **_indexed("RECEIVE_FREQ", Observable("Hz")),
    **_indexed("RECEIVE_PHASE_CT", Observable("n/a")),
    "RHUMIDITY": Observable("%", 0.0, alone=True),
    "STEC": Observable("TECU", 0.0, alone=True),
    "TEMPERATURE": Observable("K", 0.0, above=True, alone=True),
    **_indexed("TRANSMIT_FREQ", Observable("Hz", 0.0, above=True)),
    **_indexed("TRANSMIT_FREQ_RATE", Observable("Hz/s")),
    **_indexed("TRANSMIT_PHASE_CT", Observable("n/a")),
    "TROPO_DRY": Observable("m", 0.0, alone=True),
    "TROPO_WET": Observable("m", 0.0, alone=True),
    "VLBI_DELAY": Observable("s"),
}
"""Table 3-5 in its order; a keyword's place here is its code in the columns of observations."""
KEYWORDS: tuple[str, ...] = tuple(OBSERVABLES)
CODES: dict[str, int] = {keyword: code for code, keyword in enumerate(KEYWORDS)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One metadata keyword: what its value is, the values it may take, and of which participant it speaks."""

    kind: str
    """text, real, whole, instant, path, data types, time system, or one of `choices`."""
    choices: tuple[str, ...] = ()
    least: float = -math.inf
    above: bool = False
    unit: str = ""
    participant: int = 0


def _per_participant(name: str, kind: str, least: float = -math.inf, unit: str = "") -> dict[str, Entry]:
    return {f"{name}_{n}": Entry(kind, least=least, unit=unit, participant=n) for n in INDEXES}


_TEXT, _REAL, _FLAG = Entry("text"), Entry("real"), Entry("choice", ("YES", "NO"))
CORRECTIONS = (
    "ANGLE_1", "ANGLE_2", "DOPPLER", "MAG", "RANGE", "RCS", "RECEIVE", "TRANSMIT", "ABERRATION_YEARLY",
    "ABERRATION_DIURNAL",
)  # fmt: skip
METADATA: dict[str, Entry] = {
    "TRACK_ID": _TEXT,
    "DATA_TYPES": Entry("data types"),
    "TIME_SYSTEM": Entry("time system"),
    "START_TIME": Entry("instant"),
    "STOP_TIME": Entry("instant"),
    **{f"PARTICIPANT_{n}": _TEXT for n in INDEXES},
    "MODE": Entry("choice", ("SEQUENTIAL", "SINGLE_DIFF")),
    "PATH": Entry("path"),
    "PATH_1": Entry("path"),
    "PATH_2": Entry("path"),
    **_per_participant("EPHEMERIS_NAME", "text"),
    "TRANSMIT_BAND": _TEXT,
    "RECEIVE_BAND": _TEXT,
    "TURNAROUND_NUMERATOR": Entry("whole"),
    "TURNAROUND_DENOMINATOR": Entry("whole"),
    "TIMETAG_REF": Entry("choice", ("TRANSMIT", "RECEIVE")),
    "INTEGRATION_INTERVAL": Entry("real", least=0.0, above=True, unit="s"),
    "INTEGRATION_REF": Entry("choice", ("START", "MIDDLE", "END")),
    "FREQ_OFFSET": Entry("real", unit="Hz"),
    "RANGE_MODE": Entry("choice", ("COHERENT", "CONSTANT", "ONE_WAY")),
    "RANGE_MODULUS": Entry("real", least=0.0),
    "RANGE_UNITS": Entry("choice", ("km", "s", "RU")),
    "ANGLE_TYPE": Entry("choice", ("AZEL", "RADEC", "XEYN", "XSYE")),
    "REFERENCE_FRAME": _TEXT,
    "INTERPOLATION": _TEXT,
    "INTERPOLATION_DEGREE": Entry("whole", least=0.0),
    "DOPPLER_COUNT_BIAS": Entry("real", least=0.0, above=True, unit="Hz"),
    "DOPPLER_COUNT_SCALE": Entry("whole", least=0.0, above=True),
    "DOPPLER_COUNT_ROLLOVER": _FLAG,
    **_per_participant("TRANSMIT_DELAY", "real", 0.0, "s"),
    **_per_participant("RECEIVE_DELAY", "real", 0.0, "s"),
    "DATA_QUALITY": Entry("choice", ("RAW", "VALIDATED", "DEGRADED")),
    **{f"CORRECTION_{name}": _REAL for name in CORRECTIONS},
    "CORRECTIONS_APPLIED": _FLAG,
}
"""Table 3-3 in its order, which is the order of writing."""
HEADER = ("CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
VERSIONS = ("1.0", "2.0")
