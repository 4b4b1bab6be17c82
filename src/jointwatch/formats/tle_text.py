"""Element sets as the text of three-line sets, so that a made-up catalogue can be kept, sent and read as any other.

The columns of the format are narrower than the numbers may be: angles get four decimals (10 m of a low orbit), the
epoch 0.9 ms. What is read back is what the file says: make the elements, write them, and use what `read_tle` returns.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jointwatch.formats.mean_elements import MeanElements
from jointwatch.formats.tle import _LETTERS, _TALLY

GREATEST_NUMBER = 339_999


def write_tle(elements: Iterable[MeanElements]) -> str:
    """Three lines for each object: name, and the two lines with their checksums; ValueError for what has no columns.

    >>> from jointwatch.formats.tle import read_tle
    >>> text = '''0 VANGUARD 1
    ... 1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753
    ... 2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667
    ... '''
    >>> write_tle(read_tle(text).elements) == text
    True
    """
    return "".join(f"0 {each.object_name}\n{_line_1(each)}\n{_line_2(each)}\n" for each in elements)


def _line_1(of: MeanElements) -> str:
    year, day = _epoch(of.epoch)
    designator = of.object_id[2:4] + of.object_id[5:] if of.object_id else ""
    return _checked(
        f"1 {_number(of.norad_cat_id)}{of.classification_type} {designator:<8} {year:02d}{day} "
        f"{_fraction(of.mean_motion_dot)} {_power(of.mean_motion_ddot)} {_power(of.bstar)} {of.ephemeris_type} "
        f"{of.element_set_no % 10_000:4d}"
    )


def _line_2(of: MeanElements) -> str:
    angles = (of.inclination, of.ra_of_asc_node % 360, of.arg_of_pericenter % 360, of.mean_anomaly % 360)
    inclination, node, perigee, anomaly = (f"{round(angle, 4) % 360:8.4f}" for angle in angles)
    eccentricity = f"{round(of.eccentricity * 1e7):07d}"
    if len(eccentricity) != 7:
        raise ValueError(f"{of.object_name}: an eccentricity of {of.eccentricity} has no seven decimals below one")
    return _checked(
        f"2 {_number(of.norad_cat_id)} {inclination} {node} {eccentricity} {perigee} {anomaly} "
        f"{of.mean_motion:11.8f}{of.rev_at_epoch % 100_000:5d}"
    )


def _checked(line: str) -> str:
    return f"{line}{sum(line.encode().translate(_TALLY)) % 10}"


def _number(number: int) -> str:
    if not 0 <= number <= GREATEST_NUMBER:
        raise ValueError(f"a catalogue number must be 0 to {GREATEST_NUMBER} to stand in five columns, got {number}")
    tens, rest = divmod(number, 10_000)
    return f"{number:05d}" if tens < 10 else f"{_LETTERS[tens - 10]}{rest:04d}"


def _epoch(text: str) -> tuple[int, str]:
    """Two digits of the year, and the day with eight decimals."""
    at = datetime.fromisoformat(text[:19])
    seconds = at.hour * 3600 + at.minute * 60 + at.second + float("0" + text[19:].rstrip("Z"))
    share = round(seconds / 86_400 * 1e8)
    return at.year % 100, f"{at.timetuple().tm_yday:03d}.{min(share, 99_999_999):08d}"


def _fraction(value: float) -> str:
    """`-.00002182` for -0.00002182."""
    digits = f"{abs(value):.8f}"
    if not digits.startswith("0."):
        raise ValueError(f"a first derivative of the mean motion must be below 1 to have its columns, got {value}")
    return ("-" if value < 0 and float(digits) else " ") + digits[1:]


def _power(value: float) -> str:
    """`-11606-4` for -0.11606e-4."""
    digits, exponent = f"{abs(value):.4e}".split("e")
    power = int(exponent) + 1
    if value == 0.0 or power < -9:
        return " 00000-0"
    if power > 9:
        raise ValueError(f"a value must be below 1e9 to have its columns, got {value}")
    return f"{'-' if value < 0 else ' '}{digits.replace('.', '')}{'-' if power <= 0 else '+'}{abs(power)}"
