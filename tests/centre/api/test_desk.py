"""A watch officer at the page, in Debian's Chromium: signs in, remarks, reads what was said, and leaves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page as Window
from playwright.sync_api import expect, sync_playwright

from jointwatch.centre.api import sessions
from jointwatch.centre.configuration import Page as Place
from jointwatch.cli import centre_page
from jointwatch.display.server import STATIC
from tests.centre.api.at_the_page import PASSWORD, Page

PATIENCE_MS = 120_000
SOFTWARE = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


@pytest.fixture(scope="module")
def address(centre: Page) -> Iterator[str]:
    """The whole page of the centre, as `centre serve` opens it."""
    told: list[str] = []
    place = Place(listen="127.0.0.1:0")
    with centre_page.opened(centre.service, place, lambda event, text, **values: told.append(text)):
        yield told[0].rpartition(" ")[2]


@pytest.fixture
def window(address: str) -> Iterator[Window]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is missing, and the page cannot be tested without: run 'make browser'")
    if not (STATIC / "index.html").is_file():
        pytest.fail("the watch page is not built: run 'npm ci && npm run build' in web/ (Node.js 20.19 or newer)")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=SOFTWARE, timeout=PATIENCE_MS)
        window = browser.new_page(viewport={"width": 1280, "height": 800})
        window.set_default_timeout(PATIENCE_MS)
        window.goto(address)
        yield window
        browser.close()


def test_an_officer_signs_in_remarks_reads_and_leaves(page: Page, window: Window) -> None:
    faults: list[str] = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    expect(window.locator("#sign-in")).to_be_visible()
    expect(window.locator("#banner")).to_have_text("EXERCISE")
    window.fill("#name", "ivanova")
    window.fill("#password", "not the password")
    window.click("#sign-in button.main")
    expect(window.locator("#sign-in .refused")).to_have_text("the name or the password is not right")
    window.fill("#password", PASSWORD)
    window.click("#sign-in button.main")
    expect(window.locator("#person")).to_contain_text("ivanova watch officer")
    window.get_by_role("button", name="Remark", exact=True).click()
    window.get_by_role("button", name="Remark and sign").click()
    expect(window.locator("#desk .refused")).to_have_text("text: Field required")
    window.get_by_role("textbox", name="Remark").fill("Armavir reports late tonight.\nSo does Gabala.")
    window.get_by_role("button", name="Remark and sign").click()
    expect(window.locator("#desk .kept")).to_have_text(re.compile(r"On record\. act: entry \d+ of moscow/moscow/acts/"))
    window.get_by_role("button", name="Close").click()
    newest = window.locator("#record li").first
    expect(newest).to_contain_text("moscow, watch-officer:ivanova")
    expect(newest).to_contain_text("remark: Armavir reports late tonight. So does Gabala.")
    newest.get_by_role("button").click()
    expect(window.locator("#desk dl")).to_contain_text("watch-officer:ivanova")
    window.locator("#desk").get_by_role(
        "button", name="Remark", exact=True
    ).click()  # on that entry, which the form then names
    expect(window.get_by_label("Log")).to_have_value(re.compile("moscow/moscow/acts/"))
    window.get_by_role("button", name="Cancel").click()
    window.get_by_role("button", name="Sign out").click()
    expect(window.locator("#sign-in")).to_be_visible()
    assert not faults


def test_of_a_stranger_s_window_the_picture_stays_away(page: Page, window: Window) -> None:
    asked: list[str] = []
    window.on("request", lambda request: asked.append(request.url))
    window.reload()
    expect(window.locator("#sign-in")).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.locator("#sign-in")).to_be_visible()
    assert not [url for url in asked if "/api/" in url and "/api/v1/session" not in url]
    assert window.locator("#facts").inner_text() == ""


def test_after_a_quiet_half_hour_the_password_is_asked_for_and_what_was_filled_in_stays(
    page: Page, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.fill("#name", "petrov")
    window.fill("#password", PASSWORD)
    window.click("#sign-in button.main")
    window.get_by_role("button", name="Remark", exact=True).click()
    window.get_by_role("textbox", name="Remark").fill("after the pause")
    monkeypatch.setattr(sessions, "ACTING_S", -1.0)
    window.get_by_role("button", name="Remark and sign").click()
    expect(window.locator("#sign-in h2")).to_have_text("Sign in again to act")
    monkeypatch.undo()
    window.fill("#password", PASSWORD)
    window.click("#sign-in button.main")
    window.get_by_role("button", name="Remark and sign").click()
    expect(window.locator("#desk .kept")).to_be_visible()
    expect(window.locator("#record li").first).to_contain_text("petrov, analyst: remark: after the pause")
