"""What Prometheus is told keeps to its text format, whatever the names in it are, and says how a centre stands."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jointwatch.centre.api import metrics
from jointwatch.centre.api.metrics import Tally

# Prometheus, exposition formats, text-based format 0.0.4
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = r'(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*\})?'
SAMPLE = re.compile(rf"({NAME}){LABELS} [-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|NaN|[+-]?Inf)")
COMMENT = re.compile(rf"# (?:HELP|TYPE) ({NAME}) .+")


def health(name: str = "brussels") -> dict[str, Any]:
    partner = {"linked": True, "last_verified_posix_s": None, "refused": 3}
    receiver = {"waiting": 2, "delivered": 5, "trouble": "it does not answer"}
    return {
        "logs": {f"moscow/{name}/notify": {"size": 7, "cosigned": 6}},
        "unverified": {},
        "partners": {name: partner},
        "alerts": {name: receiver},
        "sensors": {name: {"reports": 9, "last_posix_s": None, "refused": 0, "last_refusal": ""}},
        "waiting": 0,
        "damage": "",
    }


def test_it_says_how_a_centre_stands() -> None:
    tally = Tally()
    tally.count("jointwatch_sign_ins_total", outcome="signed in")
    tally.count("jointwatch_sign_ins_total", outcome="signed in")
    said = metrics.text(health(), tally, 1).splitlines()
    assert {
        'jointwatch_log_entries{log="moscow/brussels/notify"} 7',
        'jointwatch_log_cosigned{log="moscow/brussels/notify"} 6',
        'jointwatch_partner_linked{partner="brussels"} 1',
        'jointwatch_partner_heard_timestamp_seconds{partner="brussels"} 0',
        'jointwatch_partner_refused_total{partner="brussels"} 3',
        'jointwatch_alerts_waiting{receiver="brussels"} 2',
        'jointwatch_alerts_delivered_total{receiver="brussels"} 5',
        'jointwatch_alerts_trouble{receiver="brussels"} 1',
        'jointwatch_sign_ins_total{outcome="signed in"} 2',
        "jointwatch_record_damaged 0",
        "jointwatch_signed_in 1",
    } <= set(said)


@given(st.text(max_size=40))
def test_whatever_a_name_holds_every_line_is_of_the_format(name: str) -> None:
    tally = Tally()
    tally.count("jointwatch_acts_total", act=name, role="analyst", outcome="kept")
    told = metrics.text(health(name), tally, 0)
    assert told.endswith("\n")
    named = {""}
    for line in told[:-1].split("\n"):
        found = COMMENT.fullmatch(line) or SAMPLE.fullmatch(line)
        assert found, line
        if line.startswith("# HELP"):
            assert found[1] not in named  # all samples of a name stand together
            named.add(found[1])
        assert found[1] in named
