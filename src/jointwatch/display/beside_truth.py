"""Estimates beside the truth, as the rows and cells of one table."""

from __future__ import annotations

import math
from dataclasses import dataclass

from jointwatch.display import wording
from jointwatch.display.report_data import Instant, ObjectReport, Point, Quantities, Value

FAR_SIGMAS = 3.0  # a number further off than this is marked
EDGE_95 = 2.448  # Mahalanobis distance of the edge of a 95 % ellipse in the plane: the root of chi2(0.95; 2) = 5.991


@dataclass(frozen=True)
class Cell:
    """One cell: the estimate, its uncertainty, how far off it is, and whether that is further than it claimed."""

    main: str
    spread: str = ""
    off: str = ""
    far: bool = False


@dataclass(frozen=True)
class Row:
    """One quantity: its name, the truth, one cell for each estimate."""

    name: str
    truth: str
    cells: tuple[Cell, ...]


MISSING = Cell(wording.NOTHING)
_VALUES = (
    ("Direction of launch", "direction_deg", "°"),
    ("Height at cut-off", "burnout_altitude_km", "km"),
    ("Speed at cut-off", "burnout_speed_km_s", "km/s"),
    ("Apogee", "apogee_km", "km"),
)


def rows(item: ObjectReport) -> list[Row]:
    """Return the table's rows in the order of the flight; a quantity neither true nor estimated has none."""
    value_rows = [_row(item, name, field, unit) for name, field, unit in _VALUES]
    table = [
        _row(item, "Launch point", "launch_point", ""),
        _row(item, "Launch time", "launch_time", ""),
        value_rows[0],
        _row(item, "Cut-off", "burnout_time", ""),
        *value_rows[1:],
        _row(item, "Impact point", "impact_point", ""),
        _row(item, "Impact time", "impact_time", ""),
    ]
    return [row for row in table if row.truth != wording.NOTHING or any(cell != MISSING for cell in row.cells)]


def cell(value: Point | Instant | Value | None, unit: str = "") -> Cell:
    """Return the cell of one estimate.

    >>> cell(Value(461.2, sigma=2.4, error=-6.8), "km")
    Cell(main='461.2 km', spread='± 2.4', off='−6.8 km · 2.8 σ', far=False)
    """
    match value:
        case None:
            return MISSING
        case Point():
            return _point(value)
        case Instant():
            return _instant(value)
        case Value():
            return _value(value, unit)


def _row(item: ObjectReport, name: str, field: str, unit: str) -> Row:
    truth = _of(item.truth.quantities, field)
    cells = tuple(cell(_of(each.quantities, field), unit) for each in item.estimates)
    return Row(name, cell(truth, unit).main, cells)


def _of(quantities: Quantities, field: str) -> Point | Instant | Value | None:
    value: Point | Instant | Value | None = getattr(quantities, field)
    return value


def _point(point: Point) -> Cell:
    main = wording.place(point.latitude_deg, point.longitude_deg)
    spread = wording.axes(point.ellipse) if point.ellipse else ""
    if point.error_km is None:
        return Cell(main, spread)
    sigmas, far = _sigmas(point.error_sigmas, EDGE_95)
    return Cell(main, spread, f"{wording.length(point.error_km)}{sigmas}", far)


def _instant(instant: Instant) -> Cell:
    main = wording.clock(instant.time_utc)
    spread = f"± {wording.number(instant.sigma_s, wording.digits(instant.sigma_s))} s" if instant.sigma_s else ""
    return Cell(main, spread, *_off(instant.error_s, instant.sigma_s, "s"))


def _value(value: Value, unit: str) -> Cell:
    decimals = wording.digits(value.sigma) if value.sigma else 2 if unit == "km/s" else 1 if unit == "°" else 0
    space = "" if unit == "°" else " "
    spread = f"± {wording.number(value.sigma, decimals)}" if value.sigma else ""
    return Cell(f"{wording.number(value.value, decimals)}{space}{unit}", spread, *_off(value.error, value.sigma, unit))


def _off(error: float | None, sigma: float | None, unit: str) -> tuple[str, bool]:
    if error is None:
        return "", False
    decimals = wording.digits(sigma) if sigma else 1
    sigmas, far = _sigmas(abs(error) / sigma if sigma else None, FAR_SIGMAS)
    sign = "+" if error > 0 else ""
    return f"{sign}{wording.number(error, decimals)}{'' if unit == '°' else ' '}{unit}{sigmas}", far


def _sigmas(sigmas: float | None, edge: float) -> tuple[str, bool]:
    if sigmas is None or not math.isfinite(sigmas):
        return "", False
    return f" · {sigmas:.1f} σ", sigmas > edge
