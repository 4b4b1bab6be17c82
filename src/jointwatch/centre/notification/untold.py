"""A launch that nobody told of: under which agreement each state would have owed it, had the launch been that state's.

Whose a launch was, no radar sees. So for every state that a centre or its partners speak for the agreements are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jointwatch.assessment.notification.owed import Launch, Owed, Rule, owed
from jointwatch.earth import geodesic
from jointwatch.messages.launch_report import LaunchItems


def untold(items: LaunchItems, states: Mapping[str, Sequence[str]], rules: Sequence[Rule]) -> str:
    """Return in a sentence who would have owed word of a launch; empty where no agreement binds any of the states."""
    every = sorted({state for spoken_for in states.values() for state in spoken_for})
    due = {state: _binding(owed(rules, seen(items, state), every)) for state in every}
    owing = [f"if {state} launched it, under {_under(found)}" for state, found in due.items() if found]
    if not owing:
        return ""
    return f"{items.track}: nobody told of this launch beforehand; that was owed, {'; '.join(owing)}"


def seen(items: LaunchItems, state: str) -> Launch:
    """Return a launch as it was reported, had it been a state's: what the agreements go by."""
    return Launch(
        state=state,
        vehicle=items.verdict if items.verdict in ("missile", "space launch") else "other",
        generic_class=items.range_class or "-",
        range_m=_range_m(items),
        apogee_m=items.apogee_m,
        from_tai_ns=items.launch_time_tai_ns,
        until_tai_ns=items.launch_time_tai_ns,
    )


def _binding(due: Sequence[Owed]) -> list[Owed]:
    return [one for one in due if one.force == "obligation"]


def _under(due: Sequence[Owed]) -> str:
    return " and ".join(f"{one.rule.title} to {', '.join(one.to)}, as {one.because}" for one in due)


def _range_m(items: LaunchItems) -> float | None:
    if items.impact is None:
        return None
    launch, impact = items.launch, items.impact
    line = geodesic.inverse(launch.latitude_rad, launch.longitude_rad, impact.latitude_rad, impact.longitude_rad)
    return float(line[0])
