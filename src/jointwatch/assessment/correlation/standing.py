"""What the comparisons of a launch amount to: explained, open, or an alarm; and the one sentence that says why.

An alarm is a launch that no notice covers and that is not a space launch by its track: the case in which the centres
must speak with each other. A notice that covers it ends the alarm, or whoever launched it saying so afterwards; what
turns out to be a satellite was no launch. One that was announced otherwise than it was made, elsewhere or for another
time, stays an alarm: anybody can give such a notice, and it explains nothing before the one who gave it says why.
"""

from __future__ import annotations

from typing import Literal

from jointwatch.assessment.correlation.announced import Held

Standing = Literal["explained", "open", "alarm"]


def standing(held: Held, verdict: str) -> tuple[Standing, str]:
    """Return how a launch stands, and why: by the notices, and by what its track was found to be."""
    if held.standing in ("announced", "told afterwards"):
        return "explained", held.sentence
    if verdict == "space launch":
        return "open", f"{held.sentence}; by its track it is a space launch"
    return "alarm", held.sentence
