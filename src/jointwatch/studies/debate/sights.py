"""Questions 1 to 7 and 10: what which radar sees, when, how far; each figure in words by the name of its row."""

from __future__ import annotations

import numpy as np

from jointwatch.earth import geodesic, horizon
from jointwatch.studies.claims.assessed import Assessed, assess
from jointwatch.studies.claims.figure import shown
from jointwatch.studies.claims.seeing import limits
from jointwatch.studies.debate.published import Ours

SEMNAN_DEG = (35.234, 53.921)
LOWEST_DEG = 2.0


def earlier() -> Ours:
    """Return by how much Gabala sees a flight to Washington before Brdy."""
    held = assess("earlier-than-brdy")
    liquid, solid = (float(held.decisive.values[held.case({"propellant": burn})]) / 60 for burn in ("liquid", "solid"))
    low, high = (end / 60 for end in held.decisive.ends())
    return {
        "lead": f"{low:.1f} to {high:.1f} min over {len(held.cases)} cases; three hold in {held.verdict.share:.0%}",
        "lead-by-burn": f"{liquid:.1f} and {solid:.1f} min",
    }


def held_for() -> Ours:
    """Return for how long Gabala has that flight, and how much of it is over then."""
    held = assess("only-early")
    to_washington = {burn: held.case({"propellant": burn}) for burn in ("liquid", "solid")}
    return {
        "only-early": " and ".join(held.figure("followed_share").shown(case) for case in to_washington.values())
        + " (liquid and solid burn)",
        "held": " and ".join(held.figure("gabala_held_s").shown(case) for case in to_washington.values()),
    }


def gap() -> Ours:
    """Return how long nobody sees that flight between Gabala and Brdy, and with whom that is filled."""
    held = assess("only-early")
    return {
        "gap": held.figure("gap_s").shown(),
        "kurecik": f"from {held.figure('kurecik_first_s').shown()}; {held.figure('gap_with_kurecik_s').shown()} left",
        "armavir": f"{held.figure('gap_with_armavir_south_east_s').shown()} left",
    }


def watches() -> dict[str, tuple[float, float]]:
    """Return from when to when, in seconds after launch, each radar has the default flight to Washington."""
    held = assess("only-early")

    def between(key: str) -> tuple[float, float]:
        return float(held.figure(f"{key}_first_s").values[0]), float(held.figure(f"{key}_last_s").values[0])

    begins = float(held.figure("brdy_first_s").values[0])
    flight = float(held.figure("flight_s").values[0])
    seen = {
        "Gabala": between("gabala"),
        "Kürecik": between("kurecik"),
        "Armavir, second array": between("armavir_south_east"),
    }
    return {**seen, "Brdy": (begins, begins), "impact": (flight, flight)}


def armavir_2009() -> Ours:
    """Return whether the array of Armavir on duty at a date faced five Iranian places."""
    held = assess("armavir-faces-iran")

    def faced(**choices: str) -> str:
        share = float(held.decisive.values[held.case(choices)])
        return f"{'yes' if share == 1.0 else 'no'}: {share:.0%} of five places in its sector"

    return {
        "analyst": faced(first_array="south-east"),
        "operator": faced(first_array="south-west"),
        "second": faced(date="second-array"),
    }


def heights() -> Ours:
    """Return the height over Semnan that is 2 degrees over each radar's horizon, along straight lines."""
    found = {}
    for name in ("gabala", "armavir:south-east", "kurecik", "brdy"):
        far, _, _ = geodesic.inverse(*np.deg2rad([*limits(name).position_deg, *SEMNAN_DEG]))
        height = float(horizon.minimum_visible_height_m(far, np.deg2rad(LOWEST_DEG)))
        found[name.partition(":")[0]] = f"{height / 1e3:,.0f} km"
    return found


def circle() -> Ours:
    """Return the cross-section that the circle of 1,500 km means, and the range for a small one."""
    held = assess("kurecik-circle")
    implied = held.figure("implied_rcs_m2").shown()
    return {"circle": implied, "implied": implied, "small": held.figure("reach_km").shown()}


def brdy() -> Ours:
    """Return how far the Czech radar sees, with its whole aperture and a thinned one."""
    far, blind = assess("brdy-five-thousand"), assess("brdy-is-blind")
    whole, thinned = (_each(blind, "reach_km", fill) for fill in ("whole", "thinned"))
    needed = [0.01 * (5_000.0 / reach) ** 4 for reach in (whole, thinned)]
    share = [_each(blind, "detected_share", fill) for fill in ("whole", "thinned")]
    return {
        "expert": f"{needed[0]:.2g} m²; {needed[1]:.3g} m² ({far.verdict.share:.0%} of {len(far.cases)} cases do)",
        "critics": f"{share[0]:.0%}; {share[1]:.0%}",
        "range": f"{shown('reach_km', thinned).removesuffix(' km')} to {shown('reach_km', whole)}",
    }


def september_2013() -> Ours:
    """Return how soon Armavir could have anything of 3 September 2013 over its horizon."""
    held = assess("two-objects-2013")
    soonest, _ = held.figure("first_s").ends()
    over = [held.case({"lowest_deg": "horizon", "launch_place": place}) for place in ("30-east", "18-east")]
    low, high = (held.figure("needed_km").shown(case) for case in over)
    never = float(np.mean(np.isinf(held.figure("first_s").values)))
    return {
        "report": f"{shown('first_s', soonest)}; never in {never:.0%} of {len(held.cases)} cases",
        "target": f"not before 06:{15 + int(soonest // 60):02d}:{int(soonest % 60):02d}, so 06:16 was no first sight",
        "needed": f"{low.removesuffix(' km')} to {high}",
    }


def _each(held: Assessed, figure: str, fill: str) -> float:
    return float(held.figure(figure).values[held.case({"fill": fill})])
