"""One thing wrong with a feed: its cause, its evidence, and both in words."""

from __future__ import annotations

from dataclasses import dataclass
from math import degrees
from typing import Literal

from jointwatch.assessment.integrity.detections import Missing
from jointwatch.assessment.integrity.gaps import Silences
from jointwatch.assessment.integrity.lateness import Late
from jointwatch.assessment.integrity.offsets import Offset
from jointwatch.assessment.integrity.repeats import Repeat
from jointwatch.assessment.integrity.scatter import Noise

Cause = Literal["offset", "noise", "withheld", "blanked", "repeated", "late", "silent at events"]
Quantity = Literal["range", "azimuth", "elevation", "clock", "share", "delay", ""]
Evidence = Offset | Noise | Missing | Repeat | Late | Silences


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a feed: its cause, the evidence, when first found and when last, TAI ns."""

    cause: Cause
    evidence: Evidence
    found_tai_ns: int
    last_tai_ns: int
    took_s: float

    def in_words(self) -> str:
        """Return it as a clause."""
        return in_words(self.evidence)


def cause_of(evidence: Evidence) -> Cause:
    """Return the word for what is wrong."""
    match evidence:
        case Offset():
            return "offset"
        case Noise():
            return "noise"
        case Missing():
            return "withheld" if evidence.sector is None else "blanked"
        case Repeat():
            return "repeated"
        case Late():
            return "late"
        case Silences():
            return "silent at events"


def measured(evidence: Evidence) -> tuple[Quantity, float, float, int | None]:
    """Return what was measured of a fault: of what, its size, one sigma, and since when (TAI ns; None: not known)."""
    match evidence:
        case Offset():
            return evidence.kind, evidence.size, evidence.sigma, evidence.since_tai_ns
        case Noise():
            return evidence.kind, evidence.scale, evidence.sigma, None
        case Missing():
            return "share", evidence.share, (evidence.share * (1 - evidence.share) / evidence.expected) ** 0.5, None
        case Repeat():
            return "delay", evidence.behind_s, 0.0, None
        case Late():
            return "delay", evidence.delay_s, 0.0, None
        case Silences():
            return "share", evidence.silent / evidence.events, 0.0, None


def alike(evidence: Evidence, before: Evidence) -> bool:
    """Whether evidence says what it said before: the same kind, and of an offset a size within its error."""
    if isinstance(evidence, Offset) and isinstance(before, Offset):
        moved = abs(evidence.size - before.size) > max(2 * evidence.sigma, 0.1 * abs(before.size))
        return evidence.kind == before.kind and not moved
    if isinstance(evidence, Noise) and isinstance(before, Noise):
        return evidence.kind == before.kind
    return type(evidence) is type(before)


def in_words(evidence: Evidence) -> str:
    """Return a fault's evidence as a clause, in degrees and kilometres."""
    match evidence:
        case Offset():
            return f"{evidence.kind} off by {_sized(evidence)}, by {evidence.objects} satellites"
        case Noise():
            return f"noise in {evidence.kind} is {evidence.scale:.2f} ± {evidence.sigma:.2f} times what its plots state"
        case Missing():
            low, high = map(degrees, evidence.sector or (0.0, 0.0))
            where = "everywhere" if evidence.sector is None else f"in azimuths {low:.0f} to {high:.0f} deg"
            return (
                f"{100 * evidence.share:.0f} % of the plots that should be there are missing {where}: "
                f"{evidence.seen} seen of {evidence.expected:.0f} expected"
            )
        case Repeat():
            return f"{evidence.plots} of the plots kept were told before, {evidence.behind_s:.0f} s earlier"
        case Late():
            return f"reports come {evidence.delay_s:.0f} s after their time, {evidence.agreed_s:.0f} s are agreed"
        case Silences():
            return (
                f"silent at {evidence.silent} of {evidence.events} events, and {100 * evidence.share:.1f} % of the time"
            )


def _sized(offset: Offset) -> str:
    if offset.kind == "clock":
        return f"{1e3 * offset.size:+.0f} ± {1e3 * offset.sigma:.0f} ms"
    if offset.kind == "range":
        return f"{offset.size:+.0f} ± {offset.sigma:.0f} m"
    return f"{degrees(offset.size):+.3f} ± {degrees(offset.sigma):.3f} deg"
