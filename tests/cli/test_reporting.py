"""The report of a real run: truth, radars, claims, sources; and a report also where almost nothing happened."""

from __future__ import annotations

import io
import re
import shutil
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import numpy as np
import pypdf
import pytest

from jointwatch.cli.report_inputs import inputs
from jointwatch.cli.report_record import log_heads, public_keys, read_record, statement
from jointwatch.cli.reporting import report_data, report_page
from jointwatch.display.paper import document
from jointwatch.display.report_data import ReportData
from jointwatch.display.study.sheets import pdf
from jointwatch.exchange import dsse
from jointwatch.studies.evidence import Played
from jointwatch.studies.prepare import prepare
from jointwatch.studies.reconstruction import reconstructed, run_file
from jointwatch.studies.run import Record
from jointwatch.studies.scenario import load
from tests.conftest import play, shortened

LONGEST_S = 60.0  # of a processor, however slow; four is the aim


class Text(HTMLParser):
    """What a reader reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def __str__(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def played(_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The first five minutes of Sejil-2 as proposed, before two real centres."""
    kept: list[Played] = []

    def keep(this: Played) -> str:
        kept.append(this)
        return "<p>"

    play(shortened("sejil-2009", 330.0), "as-proposed", tmp_path_factory.mktemp("runs") / "reported", page=keep)
    return kept[0]


@pytest.fixture(scope="module")
def data(played: Played) -> ReportData:
    return report_data(played)


@pytest.fixture(scope="module")
def page(played: Played) -> str:
    started = time.process_time()
    made = report_page(played)
    assert time.process_time() - started < LONGEST_S
    return made


def unrecorded(name: str, variant: str, folder: Path, until_s: float) -> Played:
    """A run whose radars looked until a time and whose centres left nothing."""
    scenario = load(name)
    plan, desk, flown = prepare(scenario, variant, speed=0.0)
    for tick in plan.ticks_tai_ns:
        if tick <= flown[0].launch_tai_ns + until_s * 1e9:
            desk.envelopes_until(tick)
    return Played(plan, scenario, flown, desk, Record(interrupted=True), folder)


def test_the_report_tells_the_truth_the_radars_the_claims_and_what_was_assumed(page: str) -> None:
    text = str(Text(page))
    for words in (
        "EXERCISE · COUNTERFACTUAL",
        "On 20 May 2009 at 06:00:00 UTC a missile was launched from 36.230° N, 55.330° E, heading south-east (150°)",
        "Gabala (Daryal, RO-7) saw it first",
        "Armavir (Voronezh-DM) saw it",
        "In view from 06:01:3",
        "Every picture ends with the verdict “missile”",
        "could trace with one hundred percent confidence",
        "The run ended 300 s after launch, before the flight did.",
        "The arrangement shown was proposed and never made.",
        "of them are assumptions",
        "no source states the cross-section",
        "stays at home",
        "Both centres signed the same statement",
    ):
        assert words in text, words
    assert page.count('class="assumed"') > 20


def test_the_report_is_self_contained_and_the_same_for_the_same_run(page: str, played: Played) -> None:
    assert "http://" not in page.replace(">http://", "").split("<main>")[0]
    assert "<script" not in page
    assert report_page(played) == page


def test_a_run_that_is_reconstructed_from_its_directory_has_the_same_report(page: str, played: Played) -> None:
    """Its processes have ended: truth and measurements come from scenario and seed, all else from the files."""
    again = reconstructed(played.directory, run_file(played.directory))
    assert report_page(again) == page


def test_the_report_of_a_run_is_drawn_again_from_its_folder_which_stays_as_it_is(
    jointwatch, page: str, played: Played, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(played.directory, tmp_path / played.directory.name))
    code, said, told = jointwatch("report", folder)
    assert code == 0, told
    assert Path(said.strip()) == tmp_path / f"{folder.name}-report.html"
    assert Path(said.strip()).read_text() == page
    code, _, told = jointwatch("report", folder, "--format", "pdf", "--out", folder / "report.pdf")
    assert code == 2
    assert "the manifest of the run lists every file" in told
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b"\n")
    code, _, told = jointwatch("report", folder)
    assert code == 2
    assert "events.jsonl" in told
    (folder / "run.json").write_bytes(
        (folder / "run.json").read_bytes().replace(b'"jointwatch": "', b'"jointwatch": "9')
    )
    code, _, told = jointwatch("report", folder)
    assert code == 2
    assert "was played by Jointwatch 9" in told


def test_the_pdf_of_a_run_says_what_its_page_says(page: str) -> None:
    held = document(page)
    assert (held.banner, held.title) == (
        "EXERCISE · COUNTERFACTUAL",
        "Sejil-2 flight test, Semnan province, 20 May 2009",
    )
    pages = [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf(held))).pages]
    assert all("EXERCISE · COUNTERFACTUAL" in each for each in pages)
    words = "".join("".join(pages).split()).replace("\u200b", "").replace("\u00ad", "").replace("-", "")
    missing = {word for word in _told(page) if word.replace("-", "") not in words}
    assert not missing


def _told(page: str) -> set[str]:
    """The words and numbers of the page's sections and tables, without figures, contents and commands' punctuation."""
    main = page[page.index("<main>") : page.index("</main>")]
    plain = re.sub(r"<svg.*?</svg>|<nav.*?</nav>", " ", main, flags=re.DOTALL)
    words = {word for word in str(Text(plain)).split() if word.isalnum() and len(word) > 3}
    assert len(words) > 500
    return words


def test_errors_of_the_run_are_within_what_the_pictures_stated(data: ReportData) -> None:
    (item,) = data.objects
    assert {each.perspective for each in item.estimates} == {"moscow", "brussels", "joint"}
    for each in item.estimates:
        launch, impact = each.quantities.launch_point, each.quantities.impact_point
        assert launch is not None
        assert impact is not None
        assert launch.error_sigmas is not None
        assert impact.error_sigmas is not None
        assert max(launch.error_sigmas, impact.error_sigmas) < 4.0
        assert each.quantities.direction_deg is not None
    for track in item.tracks:
        assert np.median(track.error_km / track.sigma_km) < 2.0
        assert track.bound_km is not None
        ratio = track.sigma_km[-20:] / track.bound_km[-20:]
        assert (ratio > 0.9).all()
        assert (ratio < 1.3).all()


def test_who_knew_what_follows_the_order_of_cause_and_effect(data: ReportData) -> None:
    (item,) = data.objects
    for each in item.knowledge:
        assert each.first_plot is not None
        assert each.confirmed is not None
        assert each.report is not None
        assert each.partner_report is not None
        assert each.first_plot.after_launch_s < each.confirmed.after_launch_s <= each.report.after_launch_s
    moscow, brussels = item.knowledge
    assert moscow.partner_report is not None
    assert brussels.report is not None
    assert moscow.partner_report.after_launch_s >= brussels.report.after_launch_s


def test_logs_keys_and_signatures_are_those_of_the_run(played: Played, data: ReportData) -> None:
    heads = {head.log: head for head in data.logs}
    assert heads["brussels/moscow/plot"].cosigned_by == "moscow"
    assert heads["brussels/moscow/plot"].cosigned_entries == heads["brussels/moscow/plot"].entries
    assert heads["moscow/moscow/record"].cosigned_by == ""
    identities = {centre.id: centre.fingerprint for centre in played.plan.view.centres}
    assert {key.centre: key.fingerprint for key in data.keys if "identity" in key.purpose} == identities
    assert data.statement is not None
    assert [(each.centre, each.valid) for each in data.statement.signatures] == [("brussels", True), ("moscow", True)]
    assert data.manifest_log == "moscow/common/manifest"


def test_a_signature_that_does_not_fit_is_called_not_valid(played: Played) -> None:
    record = read_record(played.directory, run=played.plan.view.run, mode="exercise")
    envelope = dsse.parse_json(played.record.statement)
    first, second = envelope.signatures
    swapped = (dsse.Signature(first.keyid, second.sig), dsse.Signature("SHA256:stranger", second.sig))
    forged = dsse.Envelope(envelope.payload_type, envelope.payload, swapped).to_json()
    said = statement(forged, record)
    assert said is not None
    assert [(each.centre, each.valid) for each in said.signatures] == [("brussels", False), ("unknown", False)]
    assert statement(b"", record) is None
    assert len(public_keys(record)) == 10  # of each centre: identity, log, cosign, desk, and one radar


def test_a_checkpoint_without_its_cosignature_is_not_called_cosigned(played: Played) -> None:
    record = read_record(played.directory, run=played.plan.view.run, mode="exercise")
    bare = {log: note.rsplit("\n— ".encode(), 1)[0] + b"\n" for log, note in record.notes.items() if not log.internal}
    assert {head.cosigned_by for head in log_heads(replace(record, notes=bare))} == {""}


def test_every_value_has_a_source_and_what_nobody_was_seen_to_claim_is_marked(played: Played) -> None:
    listed = inputs(played)
    assert all(each.source and each.value and each.parameter for each in listed)
    by_name = {(each.group, each.parameter): each for each in listed}
    launch = by_name["Scenario", "launch time"]
    assert launch.assumed
    assert "the hour was not published" in launch.source
    place = by_name["Scenario", "launch place"]
    assert not place.assumed
    assert "Semnan missile launch site" in place.alternatives
    reach = by_name["Radar Gabala (Daryal, RO-7)", "detected with probability one half"]
    assert (reach.value, reach.assumed) == ("4000 km for 0.1 m² (signal 18.93 times the noise)", True)
    section = by_name["Vehicle: medium-range missile, two solid stages", "radar cross-section, VHF"]
    assert (section.value, section.unit, section.assumed) == ("1", "m²", True)
    bands = [p for _, p in by_name if p.startswith("radar cross-section")]
    assert sorted(bands) == ["radar cross-section, UHF", "radar cross-section, VHF"]


def test_a_run_that_lost_a_centre_has_a_report_of_the_other(played: Played) -> None:
    """As if Brussels had been lost at the first report: its picture ends there, nothing was signed."""
    last = next(e.time_utc for e in played.record.events if e.kind == "report")
    snapshots = [
        s
        if s.time_utc <= last
        else msgspec.structs.replace(s, pictures=tuple(p for p in s.pictures if p.perspective == "moscow"))
        for s in played.record.snapshots
    ]
    record = replace(played.record, snapshots=snapshots, statement=b"", lost={"brussels": "its process ended"})
    text = str(Text(report_page(msgspec.structs.replace(played, record=record))))
    assert "Its process was lost during the run, so it says nothing after that." in text
    assert "The run ended before a joint statement was made." in text


@pytest.mark.usefixtures("_runs")
def test_a_run_stopped_before_the_launch_renders(tmp_path: Path) -> None:
    text = str(Text(report_page(unrecorded("sejil-2009", "as-proposed", tmp_path, -20.0))))
    assert "Nothing had been launched when this run ended." in text
    assert "not decided here" in text


@pytest.mark.usefixtures("_runs")
@pytest.mark.parametrize("seconds", [0.0, 0.5, 5.0])
def test_a_run_stopped_as_it_launches_renders(tmp_path: Path, seconds: float) -> None:
    text = str(Text(report_page(unrecorded("sejil-2009", "as-proposed", tmp_path, seconds))))
    assert "a missile was launched from 36.230° N" in text


@pytest.mark.usefixtures("_runs")
def test_an_object_that_no_centre_held_renders(tmp_path: Path) -> None:
    """A space launch without impact, before a radar that has no array on duty and one that sees it too late."""
    text = str(Text(report_page(unrecorded("omid-2009", "as-it-was", tmp_path, 100.0))))
    assert "Armavir (Voronezh-DM) saw nothing. No array was on duty on 2009-02-02" in text
    assert "Gabala (Daryal, RO-7) saw nothing. At best," in text
    assert "No centre held a confirmed track of it, so nothing was estimated." in text
    assert "the object goes into orbit" in text
    assert "Moscow never confirmed a track." in text
    assert "does not hold here" in text
