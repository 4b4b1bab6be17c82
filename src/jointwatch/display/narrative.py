"""What happened, told in sentences made from the values of a report, and nothing but those."""

from __future__ import annotations

from jointwatch.display import wording
from jointwatch.display.perspective import radar_name, title
from jointwatch.display.report_data import (
    JOINT,
    Estimate,
    JointStatement,
    Judgement,
    Knowledge,
    ObjectReport,
    Point,
    ReportData,
    Sighting,
)

_KINDS = {"missile": "a missile", "space launch": "a space launch vehicle"}


def truth(data: ReportData, item: ObjectReport) -> str:
    """Return the paragraph on what happened in truth."""
    name = f" ({item.name})" if len(data.objects) > 1 else ""
    return f"{launch(item, name=name)} {flight(item)}".strip()


def watch(data: ReportData, item: ObjectReport) -> str:
    """Return the paragraph on who saw it and who knew what when."""
    seen = sorted((s for s in item.sightings if s.first), key=lambda s: s.first.after_launch_s if s.first else 0.0)
    sentences = [sighting(data, each, first=each is seen[0]) for each in seen]
    sentences += [blindness(data, each) for each in item.sightings if not each.first]
    sentences += [knowledge(data, each) for each in item.knowledge]
    return " ".join(sentence for sentence in sentences if sentence)


def alarms(data: ReportData) -> str:
    """Return the paragraph on launches that somebody held for unannounced, and what became of each alarm."""
    first = {(each.centre, each.object): each for each in reversed(data.judgements) if each.standing == "alarm"}
    return " ".join(_alarm(data, each) for each in reversed(first.values()))


def _alarm(data: ReportData, each: Judgement) -> str:
    name = title(data.run, each.centre)
    begun = f"At {wording.clock(each.time_utc)} {name} found its {each.object} announced by nobody: an alarm"
    if each.held_s is None:
        return f"{begun}, which lasted to the end of the run."
    ended = next(later for later in data.judgements[data.judgements.index(each) + 1 :] if _ends(later, each))
    why = f": {ended.text[0].lower()}{ended.text[1:].split('. ')[0].rstrip('.')}" if ended.text else ""
    return f"{begun}. It ended after {wording.duration(each.held_s)}{why}."


def _ends(later: Judgement, alarm: Judgement) -> bool:
    return (later.centre, later.object) == (alarm.centre, alarm.object) and later.standing != alarm.standing


def conclusion(data: ReportData, item: ObjectReport) -> str:
    """Return the paragraph on verdicts and how far the estimates are from the truth."""
    best = _best(item.estimates)
    return " ".join([*verdicts(data, item), *(accuracy(data, best) if best else []), *sameness(item)])


def launch(item: ObjectReport, *, name: str = "") -> str:
    """Return the sentence on place, time and direction of the launch."""
    q, what = item.truth.quantities, _KINDS.get(item.truth.kind, "an object")
    when = f"On {_day_and_clock(q.launch_time.time_utc)} UTC" if q.launch_time else "In this scenario"
    azimuth = q.direction_deg.value if q.direction_deg else None
    heading = f", heading {wording.wind(azimuth)} ({azimuth:.0f}°)" if azimuth is not None else ""
    return f"{when} {what}{name} was launched from {item.truth.place}{heading}."


def flight(item: ObjectReport) -> str:
    """Return the sentence on cut-off, apogee and end of the flight, from the truth."""
    q, parts = item.truth.quantities, []
    if q.burnout_altitude_km:
        parts.append(f"its engines stopped {wording.length(q.burnout_altitude_km.value)} up")
    if item.truth.kind != "missile":
        parts.append("it went on into orbit")
    elif q.apogee_km:
        parts.append(f"it rose to {wording.length(q.apogee_km.value)}")
    if q.impact_point and q.impact_time:
        where = wording.place(q.impact_point.latitude_deg, q.impact_point.longitude_deg)
        parts.append(f"it came down at {wording.clock(q.impact_time.time_utc)} at {where}")
    text = wording.listed(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def sighting(data: ReportData, each: Sighting, *, first: bool) -> str:
    """Return the sentence on a radar that saw the object."""
    if each.first is None or each.last is None:
        return ""
    held = wording.duration(each.last.after_launch_s - each.first.after_launch_s)
    when = f"at {wording.clock(each.first.time_utc)}, {wording.duration(each.first.after_launch_s)} after launch"
    saw = "saw it first," if first else "saw it"
    return f"{radar_name(data.run, each.radar)} {saw} {when}, and measured it {each.plots} times over {held}."


def blindness(data: ReportData, each: Sighting) -> str:
    """Return the sentence on a radar that saw nothing, and why."""
    return f"{radar_name(data.run, each.radar)} saw nothing. {each.why}".strip()


def knowledge(data: ReportData, each: Knowledge) -> str:
    """Return the sentence on when one centre confirmed, reported and corrected."""
    name, parts = title(data.run, each.centre), []
    if each.confirmed is None:
        return f"{name} never confirmed a track. {each.note}".strip()
    parts.append(f"confirmed a track at {wording.clock(each.confirmed.time_utc)}{_lag(each)}")
    if each.report:
        parts.append(f"issued its launch report at {wording.clock(each.report.time_utc)}")
    if each.correction:
        parts.append(f"last corrected it at {wording.clock(each.correction.time_utc)}")
    return f"{name} {wording.listed(parts)}. {each.note}".strip()


def verdicts(data: ReportData, item: ObjectReport) -> list[str]:
    """Return one sentence where all agree on the verdict, one for each estimate where they do not.

    The probability is what the track alone says; a verdict may rest on more, and its reason says on what.
    """
    best = _best(item.estimates)
    if best is None:
        return []
    if all(each.verdict == best.verdict for each in item.estimates):
        chances = sorted({wording.probability(each.p_space) for each in item.estimates})
        return [f"Every picture ends with the verdict “{best.verdict}” ({_chance(chances)}): {best.reason}."]
    return [
        f"{title(data.run, each.perspective)} ends with the verdict “{each.verdict}” "
        f"({_chance([wording.probability(each.p_space)])}): {each.reason}."
        for each in item.estimates
    ]


def reasons(data: ReportData, item: ObjectReport) -> list[tuple[str, str]]:
    """Return whose words and the words: reason and what is missing, each once with all who say the same."""
    said: dict[str, list[str]] = {}
    for each in item.estimates:
        said.setdefault(f"{each.reason}. {each.absent}".strip(), []).append(title(data.run, each.perspective))
    return [(wording.listed(names), text) for text, names in said.items()]


def sameness(item: ObjectReport) -> list[str]:
    """Return the sentence that says so where all pictures hold the same estimates."""
    first, *others = (each.quantities for each in item.estimates) if item.estimates else [None]
    if not others or any(other != first for other in others):
        return []
    return ["All pictures rest on the same data, so that their estimates are the same."]


def accuracy(data: ReportData, each: Estimate) -> list[str]:
    """Return the sentence on how far launch and impact point are from the truth."""
    q = each.quantities
    parts = [_distance("launch", q.launch_point), _distance("impact", q.impact_point)]
    said = wording.listed([part for part in parts if part])
    whose = "The joint picture" if each.perspective == JOINT else title(data.run, each.perspective)
    return [f"{whose} puts {said}."] if said else []


def agreement(statement: JointStatement | None) -> str:
    """Return the sentence on the joint statement."""
    if statement is None:
        return "The run ended before a joint statement was made."
    signed = [each for each in statement.signatures if each.valid]
    who = (
        "Both centres"
        if len(signed) == len(statement.signatures) == 2
        else f"{len(signed)} of {len(statement.signatures)} centres"
    )
    if statement.agreed:
        return f"{who} signed the same statement at {wording.clock(statement.time_utc)}, without reservation."
    return f"{who} signed one statement at {wording.clock(statement.time_utc)}; it says what they do not agree on."


def _distance(word: str, point: Point | None) -> str:
    if point is None or point.error_km is None:
        return ""
    sigmas = f" ({point.error_sigmas:.1f} σ)" if point.error_sigmas is not None else ""
    return f"the {word} point {wording.length(point.error_km)} from the true one{sigmas}"


def _day_and_clock(time_utc: str) -> str:
    return f"{wording.day(time_utc)} at {wording.clock(time_utc)}"


def _lag(each: Knowledge) -> str:
    if each.first_plot is None or each.confirmed is None:
        return ""
    lag_s = each.confirmed.after_launch_s - each.first_plot.after_launch_s
    return f", {wording.duration(lag_s)} after its first measurement"


def _chance(chances: list[str]) -> str:
    return f"from the track alone, the probability of a space launch is {wording.listed(chances, 'or')}"


def _best(estimates: tuple[Estimate, ...]) -> Estimate | None:
    """Return the joint estimate, else the first there is."""
    return next((each for each in estimates if each.perspective == JOINT), estimates[0] if estimates else None)
