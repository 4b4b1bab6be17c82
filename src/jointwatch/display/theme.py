"""Figures as inline SVG whose colours are the page's own: one drawing for light, dark and paper.

Each colour of `INK` is a mark that matplotlib writes into the SVG and `inline_svg` turns into a CSS variable, so
that the stylesheet of the page decides. Text stays text: it can be searched, read aloud and is small.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable
from html import escape
from typing import Any, cast

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from jointwatch.display.wording import visible

# Near-black marks: distinct, never used as such. The page defines --ink, --land and so on, twice.
INK = {
    "ink": "#010203",
    "soft": "#010204",
    "grid": "#010205",
    "land": "#010206",
    "sea": "#010207",
    "coast": "#010208",
    "border": "#010209",
    "truth": "#01020a",
    "joint": "#01020b",
    "side1": "#01020c",
    "side2": "#01020d",
    "side3": "#01020e",
    "paper": "#01020f",
    "alarm": "#010210",
}
# A colour is never the only difference: each perspective has its dash and its mark as well.
DASH = {"truth": "-", "joint": (0, (7, 2, 1, 2)), "side1": "-", "side2": (0, (5, 2)), "side3": (0, (1, 1.5))}
MARK = {"truth": "x", "joint": "D", "side1": "o", "side2": "s", "side3": "^"}

_FINER = re.compile(r"(?<=\.\d\d)\d+")  # of a path's coordinates: what is finer than a hundredth of a point

_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar sign from outside is a dollar sign
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": INK["ink"],
    "axes.labelcolor": INK["ink"],
    "axes.edgecolor": INK["soft"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": INK["grid"],
    "grid.linewidth": 0.6,
    "xtick.color": INK["soft"],
    "ytick.color": INK["soft"],
    "xtick.labelcolor": INK["ink"],
    "ytick.labelcolor": INK["ink"],
    "figure.facecolor": "none",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "axes.unicode_minus": True,
    "path.simplify_threshold": 0.2,
}


def svg(draw: Callable[[Figure], None], *, name: str, title: str, width_in: float, height_in: float, mark: str) -> str:
    """Return a figure as one <svg> element, the same bytes for the same values.

    name: part of every id in it, so that two figures in one page do not share ids. title: read aloud instead of
    the drawing. mark: EXERCISE and the like, drawn into the figure, so that it stays when the figure is cut out.
    """
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a reader's fonts are not ours to report
    with rc_context(cast(Any, _SETTINGS | {"svg.hashsalt": name})), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # the reader's browser has the glyph
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        if mark:
            figure.suptitle(mark, x=0.995, ha="right", fontsize=8, color=INK["alarm"], weight="bold")
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return inline_svg(out.getvalue(), title=title)


def inline_svg(document: str, *, title: str) -> str:
    """Return matplotlib's SVG document as an element for an HTML page: no prologue, no metadata, the page's colours."""
    body = document[document.index("<svg") :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(
        r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL
    )  # it would style the whole page
    body = body.replace("font-family: 'DejaVu Sans'", "font-family: 'DejaVu Sans', Verdana, sans-serif")  # same widths
    body = re.sub(
        r'<g id="[^"]*"', "<g", body
    )  # matplotlib's patch_1, repeated in every figure, referred to by nothing
    body = re.sub(r"<svg ([^>]*?)width=\"[^\"]*\" height=\"[^\"]*\"", r"<svg \1", body, count=1)
    body = re.sub(r"<svg ", f'<svg role="img" aria-label="{escape(title)}" ', body, count=1)
    body = re.sub(r' d="[^"]*"', lambda path: _FINER.sub("", path[0]), body)
    for variable, colour in INK.items():
        body = body.replace(colour, f"var(--{variable})")
    return visible(body)


def legend(axes: Axes, **options: Any) -> None:
    """Draw a legend where there is anything to name."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(**options)
