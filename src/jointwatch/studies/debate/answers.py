"""Each question with what was published beside what comes out here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jointwatch.catalogue.fact import Source
from jointwatch.studies.debate import flights, record, rules, sights
from jointwatch.studies.debate.published import Published, questions

COMPUTED: Mapping[int, Callable[[], dict[str, str]]] = {
    1: sights.earlier,
    2: sights.held_for,
    3: sights.gap,
    4: sights.armavir_2009,
    5: sights.heights,
    6: sights.circle,
    7: sights.brdy,
    8: flights.least_energy,
    9: flights.january_1995,
    10: sights.september_2013,
    11: flights.july_2008,
    12: rules.notified,
    13: rules.five_items,
    14: record.unannounced,
    15: record.when,
}


@dataclass(frozen=True)
class Beside:
    """One published figure or position with what comes out here, in words."""

    published: Published
    ours: str


@dataclass(frozen=True, repr=False)
class Answer:
    """One question, answered row by row; printed, the published figure beside ours."""

    number: int
    asks: str
    rows: tuple[Beside, ...]

    def __repr__(self) -> str:
        """Return it as lines of text, for a terminal."""
        lines = (f"{row.published.what}: {row.published.published} | here: {row.ours}" for row in self.rows)
        return "\n  ".join([f"{self.number}. {self.asks}", *lines])

    def _repr_markdown_(self) -> str:
        """Return it as a table, as a notebook shows it."""
        head = f"**{self.number}. {self.asks}**\n\n| | published | here | how known | source |\n|---|---|---|---|---|\n"
        return head + "\n".join(_line(row) for row in self.rows)


def answer(number: int) -> Answer:
    """Return one of the fifteen questions with its answers; of another number LookupError.

    >>> answer(8)
    8. Which speed, apogee and time do least-energy flights of 2,000 and 10,000 km have?
      2,000 km: 4.11 km/s, 459 km, 11.7 min | here: 4.11 km/s, 459 km, 11.7 min
      10,000 km: 7.20 km/s, 1,320 km, 32.2 min | here: 7.20 km/s, 1,319 km, 32.2 min
    """
    if number not in COMPUTED:
        raise LookupError(f"there are questions 1 to {len(COMPUTED)}; asked for {number}")
    question, ours = questions()[number], COMPUTED[number]()
    return Answer(number, question.asks, tuple(Beside(row, ours[name]) for name, row in question.rows.items()))


def _line(row: Beside) -> str:
    one = row.published
    ours = f"**{row.ours}**" + (f" ({one.why})" if one.why else "")
    cells = (one.what, one.published, ours, one.tag, _where(one.read_in))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _where(source: Source) -> str:
    text = f"{source.claimant}: {source.title}" if source.address else source.claimant
    return f"[{text}]({source.address})" if source.address else text
