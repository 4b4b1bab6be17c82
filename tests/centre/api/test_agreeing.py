"""Consulting and agreeing at the page: the same entries as the commands', under the person's own key."""

from __future__ import annotations

from tests.centre.api.at_the_page import Page


def test_a_question_is_asked_and_taken_back_at_the_page(page: Page) -> None:
    with page.browser("ivanova") as ivanova:
        assert "is no partner" in ivanova.act("ask", to="riga", text="Was it yours?").json()["detail"]
        query, act = ivanova.act("ask", to="brussels", text="Was it yours?", within_s=600).json()
        assert (query["kind"], act["kind"]) == ("query", "act")
        entry = {"log": query["log"], "index": query["index"]}
        own = ivanova.act("reply", query=entry, text="No")
        assert "asks brussels, which alone can reply" in own.json()["detail"]
        assert ivanova.act("take-back", entry=entry, reason="we know by now").status_code == 201
    (one,) = page.service.agreed().consultations.queries
    assert one.state(one.said.logged_tai_ns) == "withdrawn"
    assert one.until_tai_ns == one.said.logged_tai_ns + 600 * 10**9


def test_first_rules_are_proposed_and_withdrawn_and_a_statement_wants_rules(page: Page) -> None:
    with page.browser("ivanova") as ivanova:
        early = ivanova.act("propose", title="On the launch", points=["One missile"])
        assert "no rules are in force to which moscow is party" in early.json()["detail"]
        proposal = ivanova.act("join", centre="brussels", reason="A pair").json()[0]
        paper = {"log": proposal["log"], "index": proposal["index"]}
        again = ivanova.act("agree", proposal=paper)
        assert (again.status_code, "has signed" in again.json()["detail"]) == (422, True)
        points = [{"point": "members", "why": "no"}]
        assert ivanova.act("dissent", proposal=paper, points=points).status_code == 422
        assert ivanova.act("take-back", entry=paper, reason="not yet").status_code == 201
        assert ivanova.act("take-back", entry=paper, reason="not yet").status_code == 422
    (one,) = page.service.agreed().standing.papers
    assert (one.state, one.must_sign) == ("withdrawn", ("brussels", "moscow"))


def test_an_analyst_asks_and_signs_nothing(page: Page) -> None:
    before = page.service.agreed()
    with page.browser("petrov") as petrov:
        for name in ("ask", "join", "agree", "take-back"):
            assert petrov.act(name).status_code in (403, 422)
        assert petrov.act("join", centre="brussels").status_code == 403
    assert page.service.agreed() == before
