"""A launch told of at the page: refused with its faults, given all the same, extended, cancelled by its own centre."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.centre.api.at_the_page import Page

DAY = datetime.now(UTC) + timedelta(days=3)


def form(**changes: Any) -> dict[str, Any]:
    window = {"from_utc": f"{DAY:%Y-%m-%dT06:00:00Z}", "until_utc": f"{DAY:%Y-%m-%dT10:00:00Z}"}
    return {"state": "RU", "vehicle": "missile", "generic_class": "ICBM", "site": "Plesetsk", **window} | changes


def test_a_launch_is_told_of_extended_and_cancelled_under_the_officers_own_key(page: Page) -> None:
    with page.browser("ivanova") as ivanova:
        refused = ivanova.act("notify", **form())
        assert refused.status_code == 422
        assert "moscow speaks for no state" in refused.json()["detail"]
        told, act = ivanova.act("notify", **form(anyway=True)).json()
        first = f"PLN/RU/{DAY:%Y}/001/000/01"
        assert (told["id"], told["kind"], act["kind"]) == (first, "notification", "act")
        entry = {"log": told["log"], "index": told["index"]}
        longer = f"{DAY:%Y-%m-%dT18:00:00Z}"
        extended = ivanova.act("extend", notification=entry, until_utc=longer).json()[0]
        assert extended["id"] == first.replace("000/01", "001/02")
        shorter = ivanova.act("extend", notification=entry, until_utc=f"{DAY:%Y-%m-%dT17:00:00Z}")
        assert "would begin or end earlier" in shorter.json()["detail"]
        cancelled = ivanova.act("cancel", notification=entry, text="Not this week", source="exercise control").json()[0]
        assert cancelled["id"] == first.replace("000/01", "002/04")
        again = {"outcome": "as announced", "launch_utc": "2026-11-01T00:00:00Z", "text": "one", "source": "us"}
        assert ivanova.act("report-launch", notification=entry, **again).status_code == 422
    (one,) = page.service.notices.told()
    assert one.state(0) == "cancelled"


def test_what_is_no_notification_is_not_gone_on_from(page: Page) -> None:
    with page.browser("ivanova") as ivanova:
        remark = ivanova.act("remark", text="hello").json()[0]
        entry = {"log": remark["log"], "index": remark["index"]}
        answer = ivanova.act("cancel", notification=entry, text="No", source="us")
    assert answer.status_code == 422
    assert "is no notification that holds" in answer.json()["detail"]
