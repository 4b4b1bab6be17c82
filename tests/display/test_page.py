"""The watch page in Debian's Chromium, as a person opens it. Software rendering, so that it runs anywhere."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from jointwatch.display.feed import Feed
from jointwatch.display.server import STATIC, Serving, create_app, serve_in_thread

PATIENCE_MS = 120_000  # a machine without a graphics card, busy with other tests
SOFTWARE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
MIDWAY_S = 400  # of the recorded run: both radars see T-0001
SEQ = 80  # of the snapshot at that time


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def launch(playwright: Playwright, *flags: str) -> Browser:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is missing, and the page cannot be tested without: run 'make browser'")
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *flags], timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not (STATIC / "index.html").is_file():
        pytest.fail("the watch page is not built: run 'npm ci && npm run build' in web/ (Node.js 20.19 or newer)")
    browser = launch(playwright, *SOFTWARE)
    yield browser
    browser.close()


@dataclass
class Watched:
    """What a page asked for and complained about while it was open."""

    elsewhere: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        def route(route):
            if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                route.continue_()
            else:
                self.elsewhere.append(route.request.url)
                route.abort()

        self.pages.append(page)
        page.route("**/*", route)
        page.on("response", lambda answer: self.failed.append(answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type in ("error", "warning") else None
        )


@pytest.fixture
def watched() -> Iterator[Watched]:
    """What is watched during a test; its pages go on drawing until they are closed."""
    watched = Watched()
    yield watched
    for page in watched.pages:
        page.close()


def opened(browser: Browser, served: Serving, query: str, watched: Watched, *, width=900, height=600) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE_MS)
    watched.attach(page)
    page.goto(served.url + query)
    page.wait_for_selector("body[data-ready]", timeout=PATIENCE_MS)
    assert page.evaluate("window.__ready") is True
    return page


def rows(page: Page, section: str) -> list[list[str]]:
    return page.eval_on_selector_all(
        f'section[aria-label="{section}"] tbody tr',
        "found => found.map(row => [...row.cells].map(cell => cell.innerText))",
    )


def text(page: Page, selector: str) -> str:
    return page.inner_text(selector)


def test_the_page_shows_the_recorded_moment_and_asks_nobody_else(browser, served, feed, watched, tmp_path):
    page = opened(browser, served, f"?t={MIDWAY_S}&paused&perspective=joint", watched, width=1600, height=900)
    track = feed.history(SEQ - 1, 1)[0].pictures[2].tracks[0]

    assert text(page, "#utc") == "2009-05-20 08:05:40 UTC"
    assert text(page, "#banner") == "EXERCISE · COUNTERFACTUAL: as proposed"
    assert text(page, "#pills").split("\n") == ["Moscow ● linked", "Brussels ● linked", "Joint picture ✓ same"]
    found = rows(page, "Tracks")
    assert [row[0] for row in found] == ["T-0001"]
    assert found[0][1:4] == [track.phase, f"{track.altitude_km:.0f}", f"{track.speed_km_s:.2f}"]
    assert found[0][5:] == ["Gabala, Armavir", f"missile p {1 - track.p_space:.2f}"]
    detail = text(page, ".detail")
    assert all(words in detail for words in (track.reason, "MRBM", "Brussels and Moscow"))
    assert [row[0] for row in rows(page, "Radars")] == ["Armavir", "Armavir", "Gabala"]
    assert [row[:2] for row in rows(page, "Centres")] == [["Moscow", "● linked"], ["Brussels", "● linked"]]
    assert "same joint picture" in text(page, 'section[aria-label="Centres"]')
    assert "Armavir: first plot of T-0001." in text(page, "#events")
    assert "line to Brussels is cut" not in text(page, "#events"), "that came later"

    assert page.get_attribute("#globe", "data-tracks") == "1"
    picture = imread(io.BytesIO(page.locator("#globe canvas").screenshot(path=tmp_path / "globe.png")))[..., :3]
    assert len(np.unique((picture * 15).astype(int).reshape(-1, 3), axis=0)) > 150, "the globe is all but empty"
    assert share(picture, lambda r, g, b: (b > 0.3) & (b > r + 0.15)) > 0.02, "nothing in the colour of Moscow's radar"
    assert share(picture, lambda r, g, b: (r > 0.3) & (r > b + 0.15)) > 0.001, (
        "nothing in the colour of Brussels' radar"
    )
    assert share(picture, lambda r, g, b: (r > 0.85) & (g > 0.85) & (b > 0.85)) > 0.0005, "no track of both"

    assert (watched.elsewhere, watched.failed, watched.complaints) == ([], [], [])


def test_an_alarm_comes_first_and_is_explained_later(browser, served, watched):
    page = opened(browser, served, "?t=200&paused&perspective=joint", watched)
    launches = 'section[aria-label="Launches"]'
    assert "▲ ALARM" in text(page, launches)
    assert "Not announced: no notice" in text(page, launches)
    above, below = (page.locator(each).bounding_box()["y"] for each in (launches, 'section[aria-label="Tracks"]'))
    assert above < below
    page = opened(browser, served, "?t=320&paused&perspective=brussels", watched)
    assert "✓ explained" in text(page, launches)
    page = opened(browser, served, "?t=320&paused&perspective=moscow", watched)
    assert page.locator(launches).is_hidden()


def share(picture, of):
    return float(of(picture[..., 0], picture[..., 1], picture[..., 2]).mean())


def test_going_back_shows_what_was_known_then_and_each_centre_its_own(browser, served, watched):
    page = opened(browser, served, f"?t={MIDWAY_S}&paused", watched, width=1280)
    assert "not estimated" not in text(page, ".detail")

    page.locator("#clock input[type=range]").fill("175")
    page.wait_for_selector("#clock .state:has-text('As it was known at 08:01:55')")
    assert text(page, ".detail dd >> nth=3") == "not estimated"
    assert rows(page, "Tracks")[0][5] == "Gabala"
    assert "Armavir: first plot" not in text(page, "#events")

    page.keyboard.press("2")
    page.wait_for_selector("section.tracks:has-text('No object is tracked.')")
    assert page.is_checked("input[value=moscow]")
    page.keyboard.press("1")
    page.wait_for_selector("section.tracks:has-text('T-0001')")

    page.get_by_label("Snapshot after").click()
    page.wait_for_selector("#clock .state:has-text('08:02:00')")
    page.get_by_label("20 times real time").click()
    page.get_by_label("Play", exact=True).click()
    page.wait_for_selector("#utc:not(:has-text('08:02:0')):not(:has-text('08:02:1'))")  # a slow page skips seconds
    assert watched.complaints == []


def test_a_page_left_open_follows_the_run(browser, recorded, watched):
    feed = Feed(recorded.RUN, volumes=recorded.volumes())
    recorded.fill(feed, until_s=160.0)
    served = serve_in_thread(create_app(feed))
    try:
        page = opened(browser, served, "", watched)
        page.wait_for_selector("section.tracks:has-text('boost, tentative')")  # of the past, the page is ready sooner
        assert rows(page, "Tracks")[0][:2] == ["T-0001", "boost, tentative"]
        feed.publish(recorded.snapshot(100, 430.0))
        page.wait_for_selector("#pills:has-text('Moscow ◌ line cut')")
        assert rows(page, "Tracks")[0][1] == "coast"
        centres = feed.latest.centres
        dead = msgspec.structs.replace(centres[1], process="lost")
        feed.publish(msgspec.structs.replace(recorded.snapshot(101, 435.0), centres=(centres[0], dead)))
        page.wait_for_selector("#pills:has-text('Brussels ✕ centre lost')")
        feed.finish(None, b"{}", summary="Both hold T-0001 for a missile.")
        page.wait_for_selector(".outcome:has-text('Both hold T-0001 for a missile.')")
        omid = msgspec.structs.replace(recorded.RUN, run="omid", title="Omid", counterfactual=False, banner="EXERCISE")
        feed.begin(omid, volumes=recorded.volumes())
        page.wait_for_selector("section.tracks:has-text('No picture yet.')")
        assert text(page, "#banner") == "EXERCISE"
        assert page.title() == "Joint picture: Omid"
    finally:
        served.stop()
    page.wait_for_selector("#pills:has-text('no connection')")


def test_without_webgl_the_tables_hold_and_the_page_says_why(playwright, served, watched):
    browser = launch(playwright, "--disable-gpu", "--disable-software-rasterizer", "--disable-3d-apis")
    try:
        page = opened(browser, served, f"?t={MIDWAY_S}&paused", watched)
        assert "needs WebGL 2" in text(page, "#message")
        assert rows(page, "Tracks")[0][0] == "T-0001"
        assert page.get_attribute("#globe", "data-globe") == "unavailable"
    finally:
        watched.pages.clear()
        browser.close()


def test_the_plain_page_needs_no_script(browser, served, watched):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    watched.attach(page)
    page.goto(served.url + f"plain?snapshot={SEQ}")
    assert "T-0001" in page.inner_text("table >> nth=0")
    assert page.locator("svg.map circle").count() == 1
    assert (watched.elsewhere, watched.failed, watched.complaints) == ([], [], [])
    context.close()
