"""Questions 12 and 13: which agreement asks for a notification of a launch, and what a report of five items lets go."""

from __future__ import annotations

from jointwatch.assessment.notification.owed import Launch, Rule, owed
from jointwatch.catalogue.agreements import rule_parameters
from jointwatch.centre.release import BEYOND_FIVE_ITEMS
from jointwatch.messages.launch_report import LaunchItems
from jointwatch.studies.debate.published import Ours

STATES = ("CN", "RU", "US")
NAMES = {
    "launch-notification-1988": "1988",
    "plns-2000": "memorandum of 2000",
    "hague-code-2002": "Hague Code",
    "russia-china-2009": "Russia and China 2009",
    "accidents-measures-1971": "1971",
    "india-pakistan-2005": "India and Pakistan 2005",
}
ITEMS = {
    "launch_time_tai_ns": "launch time",
    "launch": "launch point",
    "direction_rad": "direction",
    "impact": "impact point",
    "impact_time_tai_ns": "impact time",
}
WITHHELD = {
    "source": "the sensors",
    "detected_tai_ns": "when it was first seen",
    "verdict": "the verdict",
    "range_class": "the class",
    "apogee_m": "the apogee",
    "p_space": "the probability of a space launch",
    "reason": "the reason",
}


def notified() -> Ours:
    """Return which agreements ask for what of a Russian launch, towards the United States and China."""
    middle, far = _asked(2_000e3, 459e3), _asked(10_000e3, 1_320e3)
    over = _asked(2_100e3, 480e3)
    voluntary = [NAMES[name] for name, force in middle.items() if force == "voluntary"]
    return {
        "plns": f"{middle.get('plns-2000', 'nothing')} by the {NAMES['plns-2000']}",
        "hague": f"voluntary by the {', '.join(voluntary)}",
        "agreement-1988": f"{far.get('launch-notification-1988', 'nothing')}; of 2,000 km "
        f"{middle.get('launch-notification-1988', 'nothing')}",
        "russia-china": f"{over.get('russia-china-2009', 'nothing')}; of 2,000 km "
        f"{middle.get('russia-china-2009', 'nothing')}",
    }


def _asked(range_m: float, apogee_m: float) -> dict[str, str]:
    """How far each agreement binds, by its name, for a Russian missile that leaves towards nobody in particular."""
    launch = Launch(
        state="RU", vehicle="missile", range_m=range_m, apogee_m=apogee_m, beyond=(), from_tai_ns=0, until_tai_ns=0
    )
    rules = [Rule(**values) for values in rule_parameters()]
    return {one.rule.agreement: one.force for one in owed(rules, launch, STATES)}


def five_items() -> Ours:
    """Return what the form of five items leaves of a launch report, and what it keeps back."""
    left = [words for name, words in ITEMS.items() if name not in BEYOND_FIVE_ITEMS]
    kept = [WITHHELD[name] for name in LaunchItems.__struct_fields__ if name in BEYOND_FIVE_ITEMS]
    return {
        "items": f"{', '.join(left)}, each with its uncertainty",
        "source": ", ".join(kept),
    }
