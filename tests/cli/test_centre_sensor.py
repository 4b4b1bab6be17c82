"""`jointwatch centre sensor`: what a radar's engineer sees, with the files a radar writes, and where they go."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jointwatch.centre.service import Service
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns, tai_ns_from_utc
from tests.centre import serving
from tests.centre.intake import kept
from tests.centre.intake.test_batch import CSV, JSON, TDM

Run = Callable[..., tuple[int, str]]
ARMAVIR = TDM.replace(b"GABALA", b"ARMAVIR")
CLIENTS = ("sensor:gabala", "sensor-writer:armavir", "sensor-writer:radar-1", "operator:desk")


@pytest.fixture
def made(centre: Run) -> str:
    code, said = centre("init", "moscow", *(word for client in CLIENTS for word in ("--client", client)))
    assert code == 0
    return said


@pytest.fixture
def service(made: str) -> Iterator[Service]:
    running = Service(Path("moscow"), lambda text: None)
    yield running
    running.close()


def test_init_says_of_each_sensor_how_it_hands_in_and_where_it_stands(made: str) -> None:
    assert "--cert moscow/clients/gabala/tls-leaf.pem --data-binary @FILE https://127.0.0.1:" in made
    assert "jointwatch centre sensor moscow/clients/armavir FILE..." in made
    text = Path("moscow/centre.toml").read_text()
    assert "[sensors.gabala]\nlatitude_deg = 40.87" in text
    assert "nobody published the accuracy, so the sigmas are assumed" in text


def test_a_sensor_that_the_catalogue_has_not_gets_a_table_to_fill_in(centre: Run) -> None:
    code, said = centre("init", "moscow", "--client", "sensor:radar-7")
    assert (code, "Where radar-7 stands must be said first" in said) == (0, True)
    path = Path("moscow/centre.toml")
    path.write_text(path.read_text().replace("# [sensors", "[sensors").replace("\n# ", "\n").replace("# A centre", "#"))
    assert centre("status", "moscow")[0] == 1  # it is read, and nobody serves
    assert "[sensors.radar-7]\nlatitude_deg = 0.0" in path.read_text()


def test_files_of_every_form_are_handed_in_and_again_without_harm(centre: Run, service: Service) -> None:
    for name, text in (("a.tdm", ARMAVIR), ("b.json", JSON.replace(b"GABALA", b"armavir"))):
        Path(name).write_bytes(text)
    code, said = centre("sensor", "moscow/clients/armavir", "a.tdm", "b.json")
    assert (code, said.count("scans 2, plots 2, entries ")) == (0, 2)
    assert len(kept.reports(service)) == 2  # the same two scans, in two forms
    Path("c.csv").write_bytes(CSV)
    code, said = centre("sensor", "moscow/clients/gabala", "c.csv")
    assert (code, "scans 2, plots 2, signed by moscow" in said) == (0, True)
    assert [report.sensor for report in kept.reports(service)] == ["armavir", "armavir", "gabala", "gabala"]


def test_a_radar_outside_the_catalogue_stands_where_a_file_says(centre: Run, service: Service) -> None:
    Path("a.json").write_bytes(JSON.replace(b"GABALA", b"STATION-7"))
    words = ("sensor", "moscow/clients/radar-1", "a.json")
    assert "where both are one, write a table [sites.STATION-7] into a file for --sites" in centre(*words)[1]
    Path("sites.toml").write_text(
        "[sites.STATION-7]\nlatitude_deg = 10.0\nlongitude_deg = 200.0\nsigma_range_m = 9.0\n"
        "sigma_azimuth_deg = 0.1\nsigma_elevation_deg = 0.1\n"
    )
    assert centre(*words, "--sites", "sites.toml")[0] == 0
    report = kept.reports(service)[0]
    assert (report.sensor, round(report.site.longitude_rad, 3)) == ("radar-1", -2.793)


def test_a_replay_moves_the_times_to_now_and_keeps_its_pace(centre: Run, service: Service) -> None:
    Path("a.tdm").write_bytes(ARMAVIR)
    code, said = centre("sensor", "moscow/clients/armavir", "--replay", "--speed", "20", "a.tdm")
    assert (code, "their times are moved to now" in said) == (0, True)
    times = [report.time_tai_ns for report in kept.reports(service)]
    assert times[1] - times[0] == tai_ns_from_utc("2009-02-02T18:36:10.5Z") - tai_ns_from_utc("2009-02-02T18:36:00Z")
    assert 0 <= now_tai_ns() - times[1] < 300 * NS_PER_S


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("moscow/clients/armavir",), "give the files to hand in, or --watch FOLDER"),
        (("moscow/clients/armavir", "a.tdm", "--watch", "in"), "give the files to hand in, or --watch FOLDER"),
        (("moscow/clients/armavir", "--watch", "nowhere"), "nowhere is no folder; make it"),
        (("moscow/clients/armavir", "--watch", ".", "--replay"), "--replay is for files"),
        (("moscow/clients/gabala", "--replay", "a.tdm"), "gabala cannot sign"),
        (("moscow/clients/desk", "a.tdm"), "plots come from a sensor-writer or a sensor"),
        (("moscow/clients/armavir", "nowhere.tdm"), "nowhere.tdm: No such file"),
        (("moscow/clients/armavir", "broken.tdm"), "broken.tdm: line 1: unknown column 'no table'"),
        (("nowhere", "a.tdm"), "nowhere/client.toml: cannot be read"),
        (("moscow/clients/radar-1", "plain.csv"), "no place is known for sensor radar-1"),
    ],
)
def test_wrong_use_is_one_sentence(centre: Run, made: str, words: tuple[str, ...], sentence: str) -> None:
    Path("a.tdm").write_bytes(ARMAVIR)
    Path("broken.tdm").write_text("no table\n")
    Path("plain.csv").write_bytes(CSV.replace(b"GABALA", b"radar-1"))
    code, said = centre("sensor", *words)
    assert (code, sentence in said, "Traceback" in said) == (2, True, False), said


def test_nothing_is_replayed_into_an_operational_centre(centre: Run) -> None:
    centre("init", "moscow", "--mode", "operational", "--client", "sensor-writer:armavir")
    Path("a.tdm").write_bytes(ARMAVIR)
    code, said = centre("sensor", "moscow/clients/armavir", "--replay", "a.tdm")
    assert (code, "what is replayed belongs into an exercise" in said) == (2, True)


def test_a_watched_folder_is_emptied_through_a_restart_of_the_centre(made: str, tmp_path: Path) -> None:
    """A process of its own watches; the centre comes later than the first file and goes away in between."""
    box = tmp_path / "in"
    box.mkdir()
    (box / "1.tdm").write_bytes(ARMAVIR)
    (box / "2.csv").write_bytes(CSV)  # of another sensor
    words = [*serving.JOINTWATCH, "centre", "sensor", "moscow/clients/armavir", "--watch", "in"]
    agent = subprocess.Popen(words, env=os.environ | {"PYTHONUNBUFFERED": "1"}, start_new_session=True)
    try:
        for name in ("1.tdm", "3.tdm"):
            with serving.serving(tmp_path / "moscow"):
                serving.wait_for(lambda name=name: (box / "taken" / name).exists())  # type: ignore[misc]
            (box / "3.tdm").write_bytes(ARMAVIR.replace(b"18:36", b"18:37"))
        assert "it is of the sensor GABALA" in (box / "refused" / "2.csv.why.txt").read_text()
    finally:
        agent.send_signal(signal.SIGINT)
        assert agent.wait(60) == 0
    running = Service(Path("moscow"), lambda text: None)
    assert len(kept.reports(running)) == 4
    running.close()
