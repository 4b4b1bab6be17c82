"""Questions 14 and 15: what nobody announced, and which assumption drives the estimates of "when"."""

from __future__ import annotations

import numpy as np

from jointwatch.studies.claims.assessed import Assessed, assess
from jointwatch.studies.debate.published import Ours
from jointwatch.studies.programme.chronology import IRANIAN_SITES, chronology


def unannounced() -> Ours:
    """Return which launches were never announced, and what share of such flights an exchange would have shown."""
    tests = chronology(IRANIAN_SITES, 2010, 2011)
    after = [one for one in tests if "2010-06-09" < one.first_day < "2011-05"]
    never = [one.title for one in after if one.announced == "never"]
    held = assess("two-of-six")
    alone, shared = held.case({}), held.case({"architecture": "as-it-stood"})
    share, some = held.figure("noticed_share"), held.figure("any_share")
    return {
        "unknown": f"{len(never)} of {len(after)}: {'; '.join(never)}",
        "seen-alone": share.shown(alone),
        "seen-shared": f"{share.shown(shared)}; {some.shown(shared)}",
    }


def when() -> Ours:
    """Return when the record showed what was forecast, and what turns each answer."""
    near, far = assess("ewi-2000-km"), assess("ewi-no-icbm")
    any_payload, counted = _years(near, payload="any"), _years(far, launchers="counted")
    low, high = far.figure("record_km").ends()
    return {
        "two-thousand": f"with a tonne {_years(near)}, with any payload {any_payload}; {_turned_by(near)}",
        "icbm": f"{_years(far)}, or {counted} where satellite launchers count; {_turned_by(far)}",
        "by-2015": f"{low:,.0f} to {high:,.0f} km, by whose figures; the record ends there",
    }


def _years(held: Assessed, **choices: str) -> str:
    """When the record showed it, against the month of the report."""
    years = float(held.figure("waited_yr").values[held.case(choices)])
    if np.isinf(years):
        return "never"
    return f"{abs(years):.2f} years {'before' if years < 0 else 'after'} the report"


def _turned_by(held: Assessed) -> str:
    most = max(held.cases.axes, key=lambda axis: held.verdict.turning[axis.name])
    return f"turned most by: {most.title}"
