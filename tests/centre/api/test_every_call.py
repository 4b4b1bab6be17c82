"""Every call of the API, fuzzed from its own OpenAPI: no 500, no answer but those described, nothing without the role.

The longer it is let run, the more it tries: `JOINTWATCH_FUZZ_EXAMPLES=2000 pytest tests/centre/api/test_every_call.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jointwatch.centre.api import app
from jointwatch.centre.api.answers import MAX_BODY_BYTES
from jointwatch.centre.api.table import ACTS
from tests.centre.api.at_the_page import ANSWER_S, Browser, Page

EXAMPLES = int(os.environ.get("JOINTWATCH_FUZZ_EXAMPLES", "6"))
TRIED = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

NOT_FORMS = (
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b"9" * 100_000,
    b'{"text": NaN}',
    b'{"text": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"text": "x", "entry": {"log": "a/b/c", "index": 1e400}}',
    b'{"text": "x", "entry": {"log": "a/b/c", "index": 99999999999999999999}}',
)

Met = Callable[[schemathesis.Case], None]


@pytest.fixture(scope="module")
def described(centre: Page) -> schemathesis.BaseSchema:
    """The API as it describes itself; signing out is left out, or there would be nobody to go on with."""
    return schemathesis.openapi.from_url(f"{centre.url}api/v1/openapi.json", timeout=ANSWER_S).exclude(method="DELETE")


def tried(described: schemathesis.BaseSchema, mode: GenerationMode, met: Met) -> int:
    """How many calls were made of each operation, with what its schema permits or with what it does not."""
    operations = [found.ok() for found in described.get_all_operations()]
    for operation in operations:
        TRIED(given(case=operation.as_strategy(generation_mode=mode))(met))()
    return len(operations)


def answered(case: schemathesis.Case, browser: Browser | None) -> int:
    """The status of a call that was answered as the API describes itself."""
    cookies = dict(browser.cookies) if browser else {}
    headers = {app.GUARD: browser.headers[app.GUARD]} if browser else {}
    answer = case.call(cookies=cookies, headers=headers, timeout=ANSWER_S)
    case.validate_response(answer, checks=CHECKS)
    return answer.status_code


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_an_officer_s_calls_are_answered_as_described(
    page: Page, described: schemathesis.BaseSchema, mode: GenerationMode
) -> None:
    with page.browser("ivanova") as officer:
        before = page.sizes()

        def met(case: schemathesis.Case) -> None:
            answered(case, officer)

        assert tried(described, mode, met) >= 4 + len(ACTS)
        assert (page.sizes() != before) == (mode is GenerationMode.POSITIVE)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", ["ngo", None])
def test_whoever_has_no_role_for_it_does_nothing(
    page: Page, described: schemathesis.BaseSchema, mode: GenerationMode, name: str | None
) -> None:
    with page.browser(name) as browser:
        before = page.sizes()

        def met(case: schemathesis.Case) -> None:
            status = answered(case, browser if name else None)
            assert status >= 400 or (name and case.method == "GET")
            assert page.sizes() == before

        tried(described, mode, met)


@pytest.mark.parametrize("body", NOT_FORMS, ids=lambda body: ascii(body[:20]))
def test_what_is_no_form_is_refused_in_a_sentence(page: Page, body: bytes) -> None:
    with page.browser("ivanova") as ivanova:
        before = page.sizes()
        answer = ivanova.post("/acts/remark", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)
        assert 0 < len(answer.json()["detail"]) <= 600
        assert page.sizes() == before


@pytest.mark.parametrize("name", ["ivanova", None])
def test_what_is_too_long_is_not_read_to_its_end(page: Page, name: str | None) -> None:
    with page.browser(name) as browser:
        answer = browser.post("/session", content=b'"' + b"x" * MAX_BODY_BYTES)
        assert (answer.status_code, "at most 131072 bytes" in answer.text) == (413, True)
