"""People at a centre's page: they sign in and act under their own key; nothing is done without role and guard."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from dataclasses import replace

import apsw
import httpx
import pytest
from starlette.types import Receive, Scope, Send
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect

from jointwatch.centre import founding, submission
from jointwatch.centre.alerts import desk
from jointwatch.centre.api import app, approvals, people, sessions, signing
from jointwatch.centre.api.acts import Row
from jointwatch.centre.api.forms import Pointed
from jointwatch.centre.api.gate import Gate
from jointwatch.centre.api.table import ACTS
from jointwatch.centre.approval import MAX_AGE_NS, officers, signers
from jointwatch.centre.intake import revocation
from jointwatch.display.listen import serve_in_thread
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Damaged
from jointwatch.messages.act import Act
from jointwatch.messages.encoding import decode
from tests.centre import serving
from tests.centre.api.at_the_page import ANSWER_S, PASSWORD, PEOPLE, Page

ROLES = ("watch-officer", "analyst", "auditor")
DIGEST = "ab" * 32


def acts_log() -> str:
    """The log of acts; the shard of this month, which may have begun since the tests were read."""
    return serving.shard("moscow/moscow/acts")


def stranger_at(page: Page) -> httpx.Client:
    """A browser's end of the line that nobody has signed in at, and that sends no guard."""
    return httpx.Client(base_url=page.url, trust_env=False, timeout=ANSWER_S)


def acts(page: Page) -> list[tuple[Act, frozenset[str]]]:
    """Every act on record, and the names of the keys beneath it."""
    entries = page.office.store.entries(LogId.parse(acts_log()), 1)
    found = [(decode(dsse.parse(entry).payload), signers(entry, page.service.own_keys)) for entry in entries]
    return [(said, by) for said, by in found if isinstance(said, Act)]


def test_a_sign_in_is_on_record_under_the_desk_s_key_and_an_act_under_the_person_s(page: Page) -> None:
    with page.browser("ivanova") as ivanova:
        answer = ivanova.act("remark", text="Armavir is late.")
        assert answer.status_code == 201
        (kept,) = answer.json()
        assert ivanova.delete("/session").status_code == 204
        assert ivanova.get("/session").status_code == 401
    came, did, went = acts(page)[-3:]
    assert [(said.person, said.role, said.act, by) for said, by in (came, did, went)] == [
        ("ivanova", "watch-officer", "sign-in", {"desk"}),
        ("ivanova", "watch-officer", "remark", {"watch-officer:ivanova"}),
        ("ivanova", "watch-officer", "sign-out", {"desk"}),
    ]
    assert (kept["log"], kept["id"], did[0].text) == (acts_log(), did[0].id, "Armavir is late.")
    assert [one["event"] for one in page.told[-2:]] == ["sign-in", "act"]


def test_a_remark_points_at_an_entry_by_its_hash(page: Page) -> None:
    with page.browser("petrov") as petrov:
        first = petrov.act("remark", text="one").json()[0]
        about = {"log": first["log"], "index": first["index"]}
        assert petrov.act("remark", text="two", entry=about).status_code == 201
        missing = petrov.act("remark", text="three", entry={**about, "index": 10**6})
    (pointed,) = acts(page)[-1][0].on
    assert pointed == page.office.look.reference(Pointed(**about))
    assert (missing.status_code, missing.json()["detail"]) == (422, f"there is no entry 1000000 of {acts_log()} here")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", ACTS, ids=lambda row: row.name)
def test_an_act_wants_its_role_and_without_it_changes_nothing(page: Page, role: str, row: Row) -> None:
    person = next(one for one in PEOPLE if one.role == role)
    with page.browser(person.name) as browser:
        before = page.sizes()
        answer = browser.post(f"/acts/{row.name}", json={})
        assert answer.status_code == (422 if role in row.roles else 403), answer.text
        assert page.sizes() == before
        offered = [act["name"] for act in browser.get("/session").json()["acts"]]
        assert (row.name in offered) == (role in row.roles)


@pytest.mark.parametrize("act", ["acts/remark", "acts/approve"])
def test_nothing_is_done_for_whoever_is_not_signed_in(page: Page, act: str) -> None:
    before = page.sizes()
    with page.browser() as stranger:
        assert stranger.post(act, json={"text": "hello", "subject": DIGEST}).status_code == 401
        assert [stranger.get(f"/{path}").status_code for path in ("entries", "status", "session")] == [401] * 3
        assert stranger.get("/entry", params={"log": acts_log(), "index": 0}).status_code == 401
        assert stranger.delete("/session").status_code == 401
    assert page.sizes() == before


def test_another_site_has_no_guard_and_does_nothing_with_the_cookie(page: Page) -> None:
    with page.browser("ivanova") as ivanova:
        guard, before = ivanova.headers.pop(app.GUARD), page.sizes()
        assert ivanova.act("remark", text="hello").status_code == 403
        assert ivanova.delete("/session").status_code == 403
        for wrong in ("", "x", guard[:-1], guard + "x"):
            assert ivanova.post("/acts/remark", json={"text": "hello"}, headers={app.GUARD: wrong}).status_code == 403
        form = {"content": b'{"text": "hello"}', "headers": {"content-type": "text/plain", app.GUARD: guard}}
        assert ivanova.post("/acts/remark", **form).status_code == 422  # what a form of another site could send
        assert page.sizes() == before


def test_the_cookie_is_no_script_s_and_goes_to_no_other_site(page: Page) -> None:
    with page.browser() as browser:
        said = browser.sign_in("ngo").headers["set-cookie"]
    assert [word for word in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200") if word not in said] == []
    assert app.cookie_name("moscow", secure=True).startswith(
        "__Host-"
    )  # browsers take that over HTTPS only, for this host only


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(page: Page) -> None:
    with page.browser() as browser:
        before = page.sizes()
        wrong, unknown = browser.sign_in("ivanova", "not the password"), browser.sign_in("nobody")
        assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
        assert wrong.status_code == 401
        assert not browser.cookies
    assert page.sizes() == before
    assert page.told[-1] == {"event": "sign-in", "person": "nobody", "address": "127.0.0.1", "outcome": "refused"}


def test_after_five_wrong_passwords_even_the_right_one_waits(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page.office.attempts, "_clock", lambda: 0.0)  # no wrong one is forgotten meanwhile
    with page.browser() as browser:
        assert [browser.sign_in("orlov", f"wrong password {n}").status_code for n in range(6)] == [401] * 5 + [429]
        answer = browser.sign_in("orlov")
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 30
        assert browser.sign_in("ngo").status_code == 200  # who sits at the same machine


def _signed_in(page: Page, name: str) -> None:
    with page.browser(name):
        pass


def test_of_those_who_sign_in_at_once_only_a_few_wait(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each who waits holds a thread, and the acts of those who are signed in want threads too."""
    monkeypatch.setattr(signing, "_line", threading.BoundedSemaphore(2))
    monkeypatch.setattr(signing, "QUEUE_S", 60.0)  # whoever waits is let in, however long a password takes here
    with page.browser("ivanova") as ivanova, page.browser() as other, signing._one_at_a_time:
        waiting = [threading.Thread(target=_signed_in, args=(page, name)) for name in ("petrov", "ngo")]
        [one.start() for one in waiting]
        serving.wait_for(lambda: signing._line._value == 0)  # type: ignore[attr-defined]
        begun = time.monotonic()
        answer = other.sign_in("orlov")
        assert (answer.status_code, answer.json()["detail"]) == (
            429,
            "others are signing in; try again in a moment",
        )
        assert ivanova.act("remark", text="meanwhile").status_code == 201
        assert time.monotonic() - begun < signing.QUEUE_S
    [one.join() for one in waiting]


def test_an_address_is_where_the_line_comes_from_not_what_it_says(page: Page) -> None:
    with page.browser() as browser:
        browser.headers["X-Forwarded-For"] = "192.0.2.1"
        browser.sign_in("ngo", "not the password")
    assert page.told[-1]["address"] == "127.0.0.1"


def test_whoever_is_removed_is_signed_in_no_more(page: Page) -> None:
    person = PEOPLE[-1]
    with page.browser(person.name) as browser:
        people.remove(page.service.place, person.name)
        assert browser.get("/session").status_code == 401
        assert browser.sign_in(person.name).status_code == 401
        people.add(page.service.place, person, PASSWORD, page.service.own_keys)
        assert browser.sign_in(person.name).status_code == 200


def test_whoever_is_revoked_is_turned_away_until_let_in_anew(page: Page) -> None:
    person, place = PEOPLE[-1], page.service.place
    with page.browser(person.name) as browser:
        revocation.turn_away(place, founding.Client(person.role, person.name), now_tai_ns())
        assert browser.get("/session").status_code == 401
        answer = browser.sign_in(person.name)
        assert (answer.status_code, "was turned away" in answer.text) == (403, True)
        serving.next_second()  # the deny list knows seconds
        people.add(place, person, PASSWORD, page.service.own_keys)
        assert browser.sign_in(person.name).status_code == 200


def test_acting_wants_someone_who_was_there_lately(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    with page.browser("ivanova") as ivanova:
        late = time.monotonic() + sessions.ACTING_S + 1
        monkeypatch.setattr(page.office.sessions, "_clock", lambda: late)
        assert ivanova.get("/session").json()["may_act"] is False
        answer = ivanova.act("remark", text="hello")
        assert (answer.status_code, "sign in again" in answer.text) == (401, True)
        assert ivanova.get("/entries").status_code == 200


def test_a_key_that_the_roster_does_not_name_signs_nobody_in(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_enrolled", lambda *_: False)
    with page.browser() as browser:
        answer = browser.sign_in("ivanova")
        assert (answer.status_code, "watch-officer:ivanova" in answer.text) == (403, True)
        assert not browser.cookies
        assert browser.sign_in("ngo").status_code == 200  # who has none


def test_two_watch_officers_approve_and_one_twice_does_not(page: Page) -> None:
    store, own, subject = page.office.store, page.service.own_keys, bytes.fromhex(DIGEST)

    def approved() -> frozenset[str]:
        return officers(store, own, subject, now_tai_ns=now_tai_ns())

    assert approved() == frozenset()
    with page.browser("ivanova") as ivanova, page.browser("orlov") as orlov:
        assert ivanova.act("approve", subject=DIGEST).status_code == 201
        assert ivanova.act("approve", subject=DIGEST, remark="again").status_code == 201
        assert orlov.act("approve", subject="cd" * 32).status_code == 201
        assert approved() == {"ivanova"}
        assert orlov.act("approve", subject=DIGEST).status_code == 201
        assert approved() == {"ivanova", "orlov"}
    assert officers(store, own, subject, now_tai_ns=now_tai_ns() + 3_601 * 10**9) == frozenset()


def test_an_act_dated_back_ends_nobody_else_s_approval(page: Page) -> None:
    """It may say it is some minutes old, so the search for approvals of the last hour goes on behind it."""
    subject, says, store = b"\6" * 32, page.office.says(), page.office.store
    with page.browser("ivanova") as ivanova:
        assert ivanova.act("approve", subject=subject.hex()).status_code == 201
    old = replace(says, now_tai_ns=says.now_tai_ns - submission.ACT_BEHIND_NS, token="old")
    act = old.act("petrov", "analyst", "remark")
    store.append({LogId.parse(act.log): [page.service.said_by_desk(act)]})
    later = says.now_tai_ns + MAX_AGE_NS - 1
    assert officers(store, page.service.own_keys, subject, now_tai_ns=later) == {"ivanova"}


def test_what_waits_for_two_officers_is_told_with_who_approved_it(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "wanted", lambda known: {"ef" * 32: "alerts that are meant in earnest"})
    with page.browser("orlov") as orlov, page.browser("ngo") as ngo:
        assert orlov.act("approve", subject="ef" * 32).status_code == 201
        assert ngo.get("/approvals").json() == [
            {"subject": "ef" * 32, "about": "alerts that are meant in earnest", "by": ["orlov"]}
        ]


def test_only_alerts_in_earnest_wait_for_two_officers(page: Page) -> None:
    known = page.office.known
    earnest = known.model_copy(
        update={"mode": "operational", "alerts": known.alerts.model_copy(update={"status": "Actual"})}
    )
    assert approvals.wanted(known) == {}
    assert approvals.wanted(earnest) == {desk.subject(earnest).hex(): "alerts that are meant in earnest, to nobody"}


def test_an_approval_counts_under_its_person_s_key_alone(page: Page) -> None:
    """The desk's key may sign any act; what it says of an approval by someone counts for nothing."""
    subject, says = b"\5" * 32, page.office.says()
    act = says.act("orlov", "watch-officer", "approve", subject=subject)
    page.office.store.append({LogId.parse(act.log): [page.service.said_by_desk(act)]})
    assert officers(page.office.store, page.service.own_keys, subject, now_tai_ns=now_tai_ns()) == frozenset()


def test_the_record_is_read_with_the_names_of_who_signed(page: Page) -> None:
    with page.browser("ivanova") as ivanova, page.browser("ngo") as ngo:
        kept = ivanova.act("remark", text="for all of us").json()[0]
        newest = next(one for one in ngo.get("/entries", params={"kind": "act"}).json() if one["id"] == kept["id"])
        assert (newest["by"], newest["text"]) == (
            ["watch-officer:ivanova"],
            "ivanova, watch-officer: remark: for all of us",
        )
        assert [one["log"] for one in ngo.get("/entries", params={"log": "moscow/common/roster"}).json()] == [
            "moscow/common/roster"
        ] * 2
        whole = ngo.get("/entry", params={"log": kept["log"], "index": kept["index"]}).json()
        pointed = page.office.look.reference(Pointed(log=kept["log"], index=kept["index"]))
        assert whole["leaf_hash"] == pointed.leaf_hash.hex()
        assert '"text": "for all of us"' in whole["message"]
        assert ngo.get("/entry", params={"log": acts_log(), "index": 10**6}).status_code == 404
        assert ngo.get("/status").json()["centre"] == "moscow"


@pytest.mark.parametrize("limit", [1, 2])
def test_only_so_many_entries_are_read(page: Page, limit: int) -> None:
    with page.browser("ngo") as ngo:
        found = ngo.get("/entries", params={"limit": limit}).json()
    assert len(found) == limit
    assert found == sorted(found, key=lambda one: one["time_utc"], reverse=True)


def test_the_gate_shows_the_picture_to_whoever_is_signed_in(page: Page) -> None:
    with page.browser("ngo") as ngo, stranger_at(page) as stranger:
        for path in ("/plain", "/api/run", "/api/snapshots", "/report", "/api/v1/../run", "/static/../plain"):
            assert ngo.get(f"{page.url[:-1]}{path}").status_code != 401
            assert stranger.get(path).status_code in (401, 404), path
        assert stranger.get("/").text == "the picture"  # the page itself, which asks for the rest
        assert stranger.get("/plain", headers={"cookie": "jointwatch-moscow=x"}).status_code == 401


def test_the_live_line_is_for_whoever_is_signed_in_and_ends_with_the_session(page: Page) -> None:
    over = threading.Event()

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        for number in itertools.takewhile(lambda _: not over.is_set(), itertools.count()):
            await send({"type": "websocket.send", "text": str(number)})
            await asyncio.sleep(0.01)

    cookie = app.cookie_name("moscow", secure=False)
    live = serve_in_thread(Gate(counting, page.office.sessions, cookie))
    address = f"ws://127.0.0.1:{live.port}/api/live"
    with page.browser("ngo") as ngo, pytest.raises(InvalidStatus, match="403"), connect(address, proxy=None):
        pass
    with page.browser("ngo") as ngo:
        headers = {"cookie": f"{cookie}={ngo.cookies[cookie]}"}
        with connect(address, additional_headers=headers, proxy=None, open_timeout=ANSWER_S) as line:
            assert line.recv(timeout=ANSWER_S) == "0"
            ngo.delete("/session")
            with pytest.raises(ConnectionClosedError, match="the session has ended"):
                [line.recv(timeout=ANSWER_S) for _ in itertools.count()]
    over.set()
    live.stop()


def test_a_spoilt_file_of_a_person_is_told_to_whoever_runs_the_centre(page: Page) -> None:
    person = PEOPLE[-1]
    (page.service.place.people / f"{person.name}.toml").write_text("name = ")
    with page.browser() as browser:
        assert browser.sign_in(person.name).status_code == 401
        assert page.told[-1]["outcome"] == "refused"
        people.add(page.service.place, person, PASSWORD, page.service.own_keys)
        assert browser.sign_in(person.name).status_code == 200


def test_health_and_metrics_are_for_everyone_and_say_how_it_stands(page: Page) -> None:
    with page.browser("ivanova") as ivanova, stranger_at(page) as stranger:
        ivanova.act("remark", text="counted")
        ivanova.act("approve", subject="no digest")
        about = {"centre": "moscow", "run": "r", "mode": "exercise"}
        assert stranger.get("/health").json() == {"status": "serving", **about}
        counts = stranger.get("/metrics")
    assert counts.headers["content-type"].startswith("text/plain; version=0.0.4")
    said = counts.text.splitlines()
    assert f'jointwatch_log_entries{{log="{acts_log()}"}} {page.office.store.size(LogId.parse(acts_log()))}' in said
    assert 'jointwatch_partner_linked{partner="brussels"} 0' in said
    assert any(
        line.startswith('jointwatch_acts_total{act="remark",role="watch-officer",outcome="kept"} ') for line in said
    )


@pytest.mark.parametrize("error", [Damaged("record", "it holds what was not signed"), apsw.CorruptError("malformed")])
def test_of_a_damaged_record_it_is_said_that_it_cannot_be_read(
    page: Page, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def raises(*_: object) -> None:
        raise error

    with page.browser("ngo") as ngo, stranger_at(page) as stranger:
        monkeypatch.setattr(page.service.store, "entries", raises)
        answer = ngo.get("/entries")
        assert (answer.status_code, "the record cannot be read" in answer.json()["detail"]) == (503, True)
        assert ngo.get("/entry", params={"log": acts_log(), "index": 0}).status_code == 503
        monkeypatch.setattr(page.service.store, "cosigned", raises)
        assert ngo.get("/status").status_code == 503
        health, counts = stranger.get("/health"), stranger.get("/metrics")
        assert (health.status_code, health.json()["status"], counts.status_code) == (503, "damaged", 503)


def test_a_draft_looks_up_partners_and_entries_and_says_what_is_not_there(page: Page) -> None:
    look = page.office.look
    assert look.partner("brussels") == "brussels"
    with pytest.raises(ValueError, match="ankara is no partner; there is brussels"):
        look.partner("ankara")
    with pytest.raises(ValueError, match="no entry 0 of brussels/moscow/notify here"):
        look.message(Pointed(log="brussels/moscow/notify", index=0))
