import dataclasses
import hashlib
import os
import re
import runpy
import subprocess
import sys
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import numpy as np
import pytest
from markupsafe import Markup

from jointwatch.display import report
from jointwatch.display.report_data import Judgement, Signature, Value

SAMPLE = Path(__file__).with_name("report_sample.py")
sample = runpy.run_path(str(SAMPLE))
LARGEST_BYTES = 1_500_000  # what may be sent by mail without a second thought
LONGEST_S = 10.0  # of this process; a run's report must not make people wait, and takes 0.8 to 1.5 s
PATIENCE_MS = 120_000  # a machine busy with other tests
VOID = {"meta", "br", "hr", "img", "link", "input", "col", "wbr"}


class Reader(HTMLParser):
    """A strict reader: every tag closed in order, attributes and text kept."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += " "  # two cells of a table are two words
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> out of order at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data


@pytest.fixture(scope="module")
def sejil() -> str:
    return report.render(sample["sejil"]())


@pytest.fixture(scope="module")
def omid() -> str:
    return report.render(sample["omid"]())


@pytest.fixture
def words(monkeypatch):
    """Return render with empty figures: for what is said in words alone, and quick."""
    svg = Markup('<svg role="img"></svg>')
    monkeypatch.setattr(report, "draw", lambda data, item, mark: report.Figures(svg, svg, svg, svg))
    return report.render


def everywhere(value, text):
    """Return the same values with every text replaced."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(everywhere(each, text) for each in value)
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(
            value, **{f: everywhere(getattr(value, f), text) for f in value.__struct_fields__}
        )
    if dataclasses.is_dataclass(value):
        fields = [field.name for field in dataclasses.fields(value)]
        return replace(value, **{name: everywhere(getattr(value, name), text) for name in fields})
    return value


def test_the_report_asks_nobody_and_runs_nothing(sejil):
    tags = Reader(sejil).tags
    assert not {"script", "link", "iframe", "img", "object", "embed", "base", "form"} & {tag for tag, _ in tags}
    for _, attributes in tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("href", "src", "xlink:href", "action", "data"):
                assert (value or "").startswith("#")
    assert not re.search(r"url\((?!#)|@import|@font-face", sejil)
    assert "default-src 'none'" in sejil


def test_every_id_is_unique_and_every_reference_has_its_target(sejil):
    tags = Reader(sejil).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    refs = {value[1:] for _, a in tags for name, value in a.items() if name.endswith("href") and value}
    assert refs | set(re.findall(r"url\(#([^)]+)\)", sejil)) <= set(ids)


def test_no_run_comes_without_the_banner_its_mode_demands(sejil, omid):
    run = msgspec.structs.replace(sample["run_view"](), banner="", title="A quiet title")
    silent = report.render(replace(sample["sejil"](), run=run))
    for text in (sejil, silent):
        figures = [part.split("</svg>")[0] for part in text.split("<svg")[1:]]
        assert len(figures) == 4
        assert all(">EXERCISE · COUNTERFACTUAL<" in figure for figure in figures)
        assert (
            text.count("EXERCISE · COUNTERFACTUAL") >= 4 + 3
        )  # and: window title, page head when printed, top of page
    assert "COUNTERFACTUAL" not in omid
    assert ">EXERCISE<" in omid


def test_a_mode_that_is_neither_exercise_nor_operational_is_refused():
    run = msgspec.structs.replace(sample["run_view"](), mode="")
    with pytest.raises(ValueError, match=r"mode is exercise or operational, got ''; see run\.json"):
        report.render(replace(sample["sejil"](), run=run))


def test_a_hostile_text_in_every_place_stays_text():
    hostile = (
        "\"'><script>alert(1)</script><img src=x onerror=a()>{{ 7*7 }}{% raw %}$\\frac{$</style>\u202eR\x00\x1b#010203"
    )
    data = everywhere(sample["sejil"](), hostile)
    data = replace(data, run=msgspec.structs.replace(data.run, mode="exercise"))
    page = report.render(data)
    reader = Reader(page)
    assert not {"script", "img"} & {tag for tag, _ in reader.tags}
    assert not any(name.startswith("on") for _, attributes in reader.tags for name in attributes)
    assert page.count("</style>") == 1
    assert "49" not in reader.text
    assert not re.search("[\u202e\x00\x1b]", page)
    assert reader.text.count("<script>alert(1)</script>") > 50


def test_russian_and_azerbaijani_come_through_in_text_and_figures(sejil):
    figures = "".join(part.split("</svg>")[0] for part in sejil.split("<svg")[1:])
    for word in ("Армавир", "Qəbələ"):
        assert word in figures
        assert word in sejil.replace(figures, "")
    assert "запуск космического аппарата" in sejil
    assert "buraxılış" in sejil


def test_the_same_values_give_the_same_bytes_in_another_process(sejil):
    program = (
        "import runpy, hashlib; from jointwatch.display import report;"
        f"print(hashlib.sha256(report.render(runpy.run_path({str(SAMPLE)!r})['sejil']()).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "LANG": "C", "TZ": "Asia/Tehran"}
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert other.stdout.strip() == hashlib.sha256(sejil.encode()).hexdigest()


def test_a_report_is_small_and_quick(sejil):
    assert len(sejil.encode()) < LARGEST_BYTES
    start = time.process_time()
    report.render(sample["sejil"]())
    assert time.process_time() - start < LONGEST_S


def test_what_happened_is_told_in_order(sejil):
    text = " ".join(Reader(sejil).text.split())
    story = (
        "On 20 May 2009 at 08:00:00 UTC a missile was launched from Semnan province, Iran, heading south-east (138°).",
        "Gabala (Qəbələ) saw it first, at 08:01:02, 62 s after launch, and measured it 131 times over 11 min 20 s.",
        "Brussels confirmed a track at 08:01:17, 15 s after its first measurement",
        "Every picture ends with the verdict “missile” (from the track alone, the probability of a space launch is",
        "under 0.01): the track after cut-off meets the ground",
        "Both centres signed the same statement at 08:13:26, without reservation.",
    )
    places = [text.index(sentence) for sentence in story]
    assert places == sorted(places)


def test_a_radar_that_saw_nothing_says_why_and_a_space_launch_has_no_impact(omid):
    text = " ".join(Reader(omid).text.split())
    assert "Armavir saw nothing. Iran bears 124° to 148° from Armavir" in text
    assert "not in view" in text
    assert "it went on into orbit" in text
    assert "Impact time" not in text
    assert "The centres do not agree on: Launch time: Moscow says 18:30:02" in text
    assert "it says what they do not agree on" in text


def test_pictures_that_disagree_on_the_verdict_are_quoted_one_by_one(words):
    data = sample["sejil"]()
    item = data.objects[0]
    first = replace(item.estimates[0], verdict="undecided", p_space=0.5, reason="cut-off was not seen")
    page = words(replace(data, objects=(replace(item, estimates=(first, *item.estimates[1:])),)))
    said = "“undecided” (from the track alone, the probability of a space launch is 0.50): cut-off was not seen."
    assert f"Moscow ends with the verdict {said}" in page


def test_pictures_that_say_the_same_are_quoted_once(words):
    data = sample["sejil"]()
    item = data.objects[0]
    first = item.estimates[0]
    same = tuple(replace(first, perspective=each.perspective) for each in item.estimates)
    page = words(replace(data, objects=(replace(item, estimates=same),)))
    assert f"<b>Moscow, Brussels and Joint</b>: {first.reason}." in page
    assert "All pictures rest on the same data" in page
    assert "All pictures rest on the same data" not in words(data)


def test_an_array_that_looks_only_in_the_variant_is_not_said_to_have_been_on_duty(sejil):
    text = " ".join(Reader(sejil).text.split())
    assert "which of them look in this run, and when they really served" in text
    assert "south-east 55° to 175° 2° to 60° yes in the variant only; on duty since 2013" in text


def test_a_log_that_stays_at_home_is_not_said_to_lack_a_cosignature(words):
    data = sample["sejil"]()
    own = replace(data.logs[0], log="moscow/moscow/record", cosigned_by="", cosigned_entries=0)
    lonely = replace(own, log="moscow/brussels/plot")
    page = words(replace(data, logs=(own, lonely)))
    assert page.count("stays at home") == page.count(">nobody<") == 1


def test_an_estimate_further_off_than_it_claimed_is_marked(sejil, words):
    assert "further than stated" not in sejil
    data = sample["sejil"]()
    item = data.objects[0]
    last = item.estimates[-1]
    wrong = replace(last, quantities=replace(last.quantities, apogee_km=Value(480.0, sigma=2.0, error=12.0)))
    page = words(replace(data, objects=(replace(item, estimates=(*item.estimates[:-1], wrong)),)))
    assert re.search(r'class="far">480\.0 km<small>± 2\.0</small><em>\+12\.0 km · 6\.0 σ – further than stated', page)


def test_a_signature_that_does_not_hold_is_not_counted(words):
    data = sample["sejil"]()
    good, bad = data.statement.signatures[0], Signature("brussels", "17e0", "AAAA", valid=False)
    page = words(replace(data, statement=replace(data.statement, signatures=(good, bad))))
    assert "1 valid signatures of 2" in page
    assert "NOT VALID" in page
    assert "1 of 2 centres signed" in page


def test_assumptions_are_counted_and_marked(sejil):
    assert "10 values went into this run. 5 of them are assumptions" in Reader(sejil).text
    assert sejil.count('<b class="assumed">assumed</b>') == 5 + 1  # and the sentence that explains the mark


def test_a_log_the_partner_has_not_caught_up_with_says_so(sejil):
    text = " ".join(Reader(sejil).text.split())
    assert "Moscow, 9 of 10" in text
    assert "The last entry of the log moscow/common/manifest lists them, this file among them." in text


def test_a_run_stopped_before_the_launch_still_has_a_report(words):
    text = " ".join(Reader(words(sample["interrupted"]())).text.split())
    assert "Nothing had been launched when this run ended." in text
    assert "The run ended before a joint statement was made." in text
    assert "No log had an entry" in text


def test_an_object_nobody_saw_still_has_a_report():
    data = sample["sejil"]()
    item = data.objects[0]
    blind = tuple(replace(s, first=None, last=None, plots=0, visible_s=(), plot_s=np.zeros(0)) for s in item.sightings)
    deaf = tuple(replace(k, first_plot=None, confirmed=None, report=None, note="") for k in item.knowledge)
    lost = replace(item, sightings=blind, knowledge=deaf, estimates=(), tracks=(), launches=())
    text = " ".join(Reader(report.render(replace(data, objects=(lost,), statement=None))).text.split())
    assert "never by none of the radars" in text
    assert "Moscow never confirmed a track." in text
    assert "No centre held a confirmed track of it, so nothing was estimated." in text


def test_an_alarm_is_told_with_how_long_it_lasted_and_what_ended_it(words):
    said = {"centre": "moscow", "object": "T-0001", "nature": ""}
    alarm = Judgement("2009-05-20T08:02:35Z", standing="alarm", announced="not announced", text="No notice", **said)
    end = Judgement(
        "2009-05-20T08:02:45Z",
        standing="explained",
        announced="announced",
        text="Announced by notice-1: a test",
        **said,
    )
    data = replace(sample["sejil"](), judgements=(replace(alarm, held_s=10.0), end))
    text = " ".join(Reader(words(data)).text.split())
    assert "At 08:02:35 Moscow found its T-0001 announced by nobody: an alarm." in text
    assert "It ended after 10 s: announced by notice-1: a test." in text
    lasting = " ".join(Reader(words(replace(data, judgements=(alarm,)))).text.split())
    assert "an alarm, which lasted to the end of the run." in lasting
    assert "Alarms, and how they ended" not in Reader(words(sample["sejil"]())).text


def test_what_was_held_of_a_launch_before_its_alarm_did_not_end_it(words):
    said = {"centre": "moscow", "object": "T-0001", "nature": ""}
    before = Judgement("2009-05-20T08:02:05Z", standing="open", announced="open", text="Not a launch yet", **said)
    alarm = Judgement(
        "2009-05-20T08:02:35Z", standing="alarm", announced="not announced", text="No notice", held_s=10.0, **said
    )
    end = Judgement("2009-05-20T08:02:45Z", standing="explained", announced="announced", text="By notice-1", **said)
    data = replace(sample["sejil"](), judgements=(before, alarm, end))
    assert "It ended after 10 s: by notice-1." in " ".join(Reader(words(data)).text.split())


def test_two_objects_are_told_apart():
    data = sample["sejil"]()
    second = replace(data.objects[0], name="object 2")
    reader = Reader(report.render(replace(data, objects=(data.objects[0], second))))
    assert "a missile (object 2) was launched" in reader.text
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_chromium_opens_it_alone_on_a_desk_and_on_a_telephone(sejil, tmp_path):
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_text(sejil, encoding="utf-8")
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE_MS
        )
        for width in (1200, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: asked.append(message.text))
            page.goto(file.as_uri(), timeout=PATIENCE_MS)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.locator("svg").count() == 4
            page.close()
        browser.close()
    assert asked == [file.as_uri()] * 2
