"""An alert as a watch officer reads it: what happened, what is expected, who says so, and what of it is certain."""

from __future__ import annotations

from math import degrees

from jointwatch.centre.places import place
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.messages.alert import Alert

EVENTS = {"missile": "Missile launch", "space launch": "Space launch", "undecided": "Launch of undecided kind"}
_UNNAMED = "Launch of untold kind"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_STANDING = {"explained": " (explained)", "alarm": " (ALARM)"}
_BANNERS = {
    "Exercise": "EXERCISE. This belongs to the exercise {run}; nothing of it is real.",
    "Test": "TEST. The line is tried, no more; nothing of it is to be acted upon.",
    "Draft": "DRAFT. Two watch officers have not approved this; it is not to be acted upon.",
}


def event(alert: Alert) -> str:
    """Return what was launched, in three or four words.

    >>> EVENTS["missile"]
    'Missile launch'
    """
    return EVENTS.get(alert.items.verdict, _UNNAMED)


def headline(alert: Alert, status: str) -> str:
    """Return one line of at most 160 characters [CAP 1.2, 3.2.2], the most urgent first."""
    items = alert.items
    standing = _STANDING.get(alert.standing, "")
    words = f"{event(alert)}{standing} from {_centre(place(items.launch))} at {clock(items.launch_time_tai_ns)}"
    if alert.type == "cancel":
        words = f"Cancelled: {words} is withdrawn by {alert.reported_by}"
    elif items.impact is not None:
        words += f", {_impact_word(alert).lower()} {_impact_clock(alert)}near {_centre(place(items.impact))}"
    elif items.verdict == "missile":
        words += ", place of impact not known yet"
    update = "Update: " if alert.type == "update" else ""
    return ("" if status == "Actual" else f"{status.upper()}: ") + update + words


def description(alert: Alert, status: str) -> str:
    """Return the whole text, one statement a line."""
    lines = [_BANNERS[status].format(run=alert.run)] if status in _BANNERS else []
    lines += [change] if (change := _change(alert)) else []
    if alert.type == "cancel":
        lines.append(f"What was said of it, and does not hold: {_launch(alert)}")
    else:
        lines += [_launch(alert), _impact(alert), _assessment(alert)]
        lines += [judged] if (judged := _judged(alert)) else []
    return "\n".join([*lines, _source(alert)])


def instruction(alert: Alert) -> str:
    """Return what a receiver does with it: this centre observes and reports, and orders nothing."""
    if alert.type == "cancel":
        return "Disregard the earlier messages about this launch."
    return "For information. Expect updates under the same incident."


def clock(tai_ns: int) -> str:
    """Return the time of day.

    >>> clock(1_242_809_434_000_000_000)
    '08:50:00 UTC'
    """
    return f"{utc_from_tai_ns(tai_ns, digits=0)[11:19]} UTC"


def date(tai_ns: int) -> str:
    """Return the day.

    >>> date(1_242_809_434_000_000_000)
    '20 May 2009'
    """
    text = utc_from_tai_ns(tai_ns, digits=0)
    return f"{int(text[8:10])} {_MONTHS[int(text[5:7]) - 1]} {text[:4]}"


def _change(alert: Alert) -> str:
    if not alert.earlier:
        return ""
    last = alert.earlier[-1].sent_tai_ns
    why = f": {_plain(alert.reason)}" if alert.reason else ""
    if alert.type == "cancel":
        return f"CANCELLED. {alert.reported_by} withdraws its report{why}."
    return f"Update of the alert of {clock(last)}{why}."


def _launch(alert: Alert) -> str:
    items = alert.items
    what = {"missile": "A missile", "space launch": "A space launcher"}.get(items.verdict, "Something")
    towards = degrees(items.direction_rad) % 360
    wind = _WINDS[round(towards / 45) % 8]
    return (
        f"{what} was launched on {date(items.launch_time_tai_ns)} at {clock(items.launch_time_tai_ns)} "
        f"(± {_rounded(items.launch_time_sigma_s)} s), from {place(items.launch)}, "
        f"towards {towards:.0f}° ({wind}, ± {_rounded(degrees(items.direction_sigma_rad))}°)."
    )


def _impact(alert: Alert) -> str:
    items = alert.items
    if items.impact is None:
        if items.verdict == "space launch":
            return "It is going into orbit; where its stages come down is not estimated."
        return "Where it will come down is not known yet."
    sigma = f"(± {_rounded(items.impact_time_sigma_s or 0.0)} s) " if items.impact_time_tai_ns is not None else ""
    return f"{_impact_word(alert)} {_impact_clock(alert)}{sigma}at {place(items.impact)}."


def _impact_word(alert: Alert) -> str:
    at = alert.items.impact_time_tai_ns
    return "Down by estimate" if at is not None and at < alert.sent_tai_ns else "Impact expected"


def _impact_clock(alert: Alert) -> str:
    at = alert.items.impact_time_tai_ns
    return "" if at is None else f"at {clock(at)} "


def _assessment(alert: Alert) -> str:
    items = alert.items
    if not items.verdict:
        return f"{alert.reported_by} does not say what it is."
    said = "Not decided whether missile or space launch" if items.verdict == "undecided" else items.verdict.capitalize()
    parts = [said]
    if items.verdict != "space launch" and items.range_class not in ("-", ""):
        parts.append(f"range class {items.range_class}")
    if items.apogee_m is not None:
        parts.append(f"greatest height {items.apogee_m / 1e3:,.0f} km")
    if items.p_space is not None:
        parts.append(f"probability of a space launch {_percent(items.p_space)}")
    why = _plain(items.reason)
    return f"Assessment: {', '.join(parts)}." + (f" Why: {why.rstrip('.')}." if why else "")


def _judged(alert: Alert) -> str:
    """Return how it stands beside notices and other reports; not twice where that is why the alert is updated."""
    if not alert.judged or alert.judged in alert.reason:
        return ""
    return f"Held against notices and other reports, {alert.standing}: {_plain(alert.judged).rstrip('.')}."


def _source(alert: Alert) -> str:
    names = [name for name in alert.items.source.split("/") if name]
    named = f"sensor{'s' * (len(names) > 1)} {', '.join(names)}" if names else "sensors not named"
    return f"Reported by {alert.reported_by}, {named}; entry {alert.about.index} of {alert.about.log}. ± is one sigma."


def _centre(text: str) -> str:
    return text.partition(",")[0]


def _plain(text: str) -> str:
    """Return a sentence without blanks around it, and without what XML cannot hold."""
    return " ".join(text.replace("\ufffe", "").replace("\uffff", "").split())


def _percent(probability: float) -> str:
    """Return a probability in whole per cent, never as certainty."""
    return "under 1 %" if probability < 0.01 else "over 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"
