"""The report: one HTML file that holds everything, asks nobody, and says EXERCISE wherever it is one.

`render(data)` is a pure function of its values: the same values give the same bytes, so the hash of a report in the
last entry of a log means something.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from jointwatch.display import beside_truth, coastline, narrative, perspective, wording
from jointwatch.display.report_data import Input, ObjectReport, ReportData
from jointwatch.messages.picture import RunView

TAGS = {
    "seen": "read in a copy of the source",
    "seen-part": "the source was read, this line of it was cut off",
    "seen-2nd": "read in a file that names its own source; that one was not read",
    "recalled": "background knowledge, no source",
    "computed": "computed from other values",
    "inferred": "concluded from what was read, not stated there",
}


@dataclass(frozen=True)
class Figures:
    """The figures of one object, each an <svg> element."""

    map: Markup
    areas: Markup
    altitude: Markup
    errors: Markup


def render(data: ReportData) -> str:
    """Return the report as one HTML document, UTF-8, self-contained.

    Text from outside is escaped and its invisible characters are replaced; figures are drawn here from the arrays.
    Raises ValueError if the run's mode is none of exercise and operational: a report without its banner is refused.
    """
    words = banner_words(data.run)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            run=data.run,
            words=words,
            figures={item.name: draw(data, item, mark=" · ".join(words)) for item in data.objects},
            told=narrative,
            tables={item.name: beside_truth.rows(item) for item in data.objects},
            agreement=narrative.agreement(data.statement),
            inputs=grouped(data.inputs),
            tags={tag: words for tag, words in TAGS.items() if any(each.tag == tag for each in data.inputs)},
            map_note=coastline.NOTE,
        )
    )


def banner_words(run: RunView) -> tuple[str, ...]:
    """Return the words that no report of this run can be without, from its mode alone.

    >>> from msgspec.structs import replace
    >>> run = RunView("r", "s", "as-proposed", "", "exercise", True, "", "", 0.0, (), (), ())
    >>> banner_words(run), banner_words(replace(run, mode="operational", counterfactual=False))
    (('EXERCISE', 'COUNTERFACTUAL'), ('OPERATIONAL',))
    """
    if run.mode not in ("exercise", "operational"):
        raise ValueError(f"a report needs a run whose mode is exercise or operational, got {run.mode!r}; see run.json")
    return (run.mode.upper(), "COUNTERFACTUAL") if run.counterfactual else (run.mode.upper(),)


def draw(data: ReportData, item: ObjectReport, *, mark: str) -> Figures:
    """Return the figures of one object."""
    from jointwatch.display import figures, maps  # matplotlib: half a second that only a report needs

    return Figures(
        map=Markup(maps.map_figure(data, item, mark=mark)),
        areas=Markup(figures.areas_figure(data, item, mark=mark)),
        altitude=Markup(figures.altitude_figure(data, item, mark=mark)),
        errors=Markup(figures.error_figure(data, item, mark=mark)),
    )


def grouped(inputs: tuple[Input, ...]) -> list[tuple[str, list[Input]]]:
    """Return the inputs by group, groups in the order of their first value."""
    order = {group: place for place, group in enumerate(dict.fromkeys(each.group for each in inputs))}
    ranked = sorted(inputs, key=lambda each: order[each.group])
    return [(group, list(members)) for group, members in groupby(ranked, key=lambda each: each.group)]


@cache
def _environment() -> Environment:
    held = environment()
    held.filters |= {
        "clock": wording.clock,
        "day": wording.day,
        "after_launch": wording.after_launch,
        "duration": wording.duration,
        "fingerprint": wording.fingerprint,
        "probability": wording.probability,
        "degrees": lambda value: wording.number(value, 1).removesuffix(".0") + "°",
        "km": wording.length,
    }
    held.globals |= {"centre_name": perspective.title, "radar_name": perspective.radar_name}
    return held


def environment() -> Environment:
    """Return what templates are read by: all text escaped, what cannot be seen replaced, no name without a value."""
    return Environment(
        loader=PackageLoader("jointwatch.display", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _visible(value: object) -> object:
    return wording.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
