"""The page during a real run: started by the command, opened in Chromium, watched until the statement."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

PATIENCE_MS = 120_000
SOFTWARE = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`jointwatch run` at eight times real time, and the address that it printed."""
    command = [sys.executable, "-m", "jointwatch", "run", "sejil-2009", "--variant", "as-proposed"]
    command += ["--speed", "8", "--port", "0", "--out", str(tmp_path / "D")]
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path)
    try:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address is not None
        yield process, address[0]
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture
def page() -> Iterator[Page]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is missing, and the page cannot be tested without: run 'make browser'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SOFTWARE)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE_MS)
        yield page
        browser.close()


def wait_for(page: Page, selector: str, words: str) -> None:
    page.locator(selector, has_text=words).first.wait_for(timeout=PATIENCE_MS)


def centre_pids(parent: int) -> list[int]:
    """Process ids of the centres that a run started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if b"jointwatch.centre.process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_person_watches_a_run_from_the_first_track_to_the_loss_of_a_centre(
    running: tuple[subprocess.Popen[str], str], page: Page, tmp_path: Path
) -> None:
    process, address = running
    elsewhere: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else elsewhere.append(r.url))
    page.goto(address)
    page.wait_for_selector("body[data-ready]", timeout=PATIENCE_MS)
    wait_for(page, "#banner", "COUNTERFACTUAL")
    wait_for(page, 'section[aria-label="Tracks"]', "T-0002")
    wait_for(page, 'section[aria-label="Tracks"]', "missile")
    wait_for(page, "#pills", "Moscow ● linked")
    os.kill(centre_pids(process.pid)[1], signal.SIGKILL)
    wait_for(page, "body", "nothing it had accepted is lost")
    wait_for(page, "#pills", "centre lost")
    picture = page.screenshot(path=tmp_path / "watching.png", timeout=PATIENCE_MS)  # last: without a card it is slow
    assert len(picture) > 50_000, "a globe with tracks is more than a blank"
    assert not elsewhere
