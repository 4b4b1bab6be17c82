"""Whose picture it is: the name, colour and dash of each centre and of what they hold jointly."""

from __future__ import annotations

from jointwatch.display import wording
from jointwatch.display.report_data import JOINT
from jointwatch.messages.picture import RadarView, RunView

_SIDES = ("side1", "side2", "side3")


def title(run: RunView, perspective: str) -> str:
    """Return the name for people of a centre's id, "Joint" for the joint picture; an unknown id as it is."""
    if perspective == JOINT:
        return "Joint"
    return next((centre.name for centre in run.centres if centre.id == perspective), perspective)


def label(run: RunView, perspective: str) -> str:
    """Return the title, cut to what the legend of a figure can hold."""
    return wording.short(title(run, perspective), 24)


def style(run: RunView, perspective: str) -> str:
    """Return the name in `theme.INK` for a perspective: centres in the order of the run."""
    if perspective == JOINT:
        return JOINT
    order = [centre.id for centre in run.centres]
    return _SIDES[order.index(perspective) % len(_SIDES)] if perspective in order else "soft"


def style_of_radar(run: RunView, radar: RadarView) -> str:
    """Return the colour of the centre a radar feeds."""
    return style(run, radar.feeds)


def radar_name(run: RunView, radar: str) -> str:
    """Return the name for people of a radar's id; an unknown id as it is."""
    return next((view.name for view in run.radars if view.id == radar), radar)
