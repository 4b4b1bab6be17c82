"""Radars that centre.toml declares: what each should see is asked of its feed, a partner's or an own one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jointwatch.assessment.integrity.declared import Declared
from jointwatch.centre import configuration, declared, founding
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.centre.service import Service
from jointwatch.cli.serving import radar
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns, tai_ns_from_utc
from jointwatch.messages.plot_report import PlotReport, Site
from jointwatch.sensors.measurement import Plots
from jointwatch.studies import dishonest, overflights, scenario, sky
from tests.centre import serving
from tests.centre.test_configuration import centre

NOW = tai_ns_from_utc("2026-11-22T00:00:00Z")
RECORD = "moscow/moscow/record"
COLUMNS = [f"{sigma}{name}" for sigma in ("", "sigma_") for name in ("range_m", "azimuth_rad", "elevation_rad")]


def with_lines(folder: Path, before: str, lines: str) -> configuration.Configuration:
    """What centre.toml says once lines stand before another."""
    path = Place(folder).configuration
    path.write_text(path.read_text().replace(before, f"{lines}\n{before}", 1))
    return configuration.read(folder)


def known(radars: tuple[str, ...] = (), of_brussels: tuple[str, ...] = (), **more: Any) -> configuration.Configuration:
    given: dict[str, Any] = {"centre": "moscow", "run": "r", "mode": "exercise", "listen": "127.0.0.1:8701"}
    made = configuration.Configuration(**given, radars=list(radars), **more)
    pinned = configuration.PinnedPartner.model_construct(radars=list(of_brussels))
    return made.model_copy(update={"partners": {"brussels": pinned}})


def of(said: configuration.Configuration, folder: Path = Path("moscow")) -> declared.Radars:
    return declared.of_centre(Place(folder), said, radar, NOW)


def test_radars_are_declared_by_whose_they_are_and_hold_as_the_catalogue_has_them() -> None:
    found = of(known(("armavir",), ("gabala", "armavir")))
    assert set(found) == {("moscow", "armavir"), ("brussels", "gabala"), ("brussels", "armavir")}
    armavir, values = found["moscow", "armavir"], radar("armavir")
    assert armavir.plot_sigma == (values.sigma_range_m, values.sigma_azimuth_rad, values.sigma_elevation_rad)
    assert armavir.look is not None
    assert armavir.detection is not None


def test_the_arrays_are_those_on_duty_and_all_of_a_radar_that_has_none_left() -> None:
    def since_2030(name: str) -> Any:
        values = radar(name)
        first, *others = values.faces
        later = replace(first, on_duty_from_tai_ns=tai_ns_from_utc("2030-01-01T00:00:00Z"))
        return replace(values, faces=(later, *others))

    def faces(of: Declared) -> int:
        assert isinstance(of.look, declared.FieldOf)
        return len(of.look.radar.faces)

    everything = len(radar("armavir").faces)
    found = declared.of_centre(Place(Path("moscow")), known(("armavir", "gabala")), since_2030, NOW)
    assert faces(found["moscow", "armavir"]) == everything - 1
    assert faces(found["moscow", "gabala"]) == len(radar("gabala").faces) > 0


def test_place_and_sigmas_of_an_own_table_go_before_those_of_the_catalogue() -> None:
    table = {"latitude_deg": 45.0, "longitude_deg": 41.0, "sigma_range_m": 33.0}
    found = of(known(("armavir",), ("armavir",), sensors={"armavir": table}))
    ours, theirs = found["moscow", "armavir"], found["brussels", "armavir"]
    assert ours.plot_sigma == (33.0, *theirs.plot_sigma[1:])
    assert isinstance(ours.look, declared.FieldOf)
    assert ours.look.radar.site.latitude_rad == pytest.approx(np.radians(45.0))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (known(("armavr",)), r"^moscow/centre\.toml: radars: .*'armavr'.*armavir"),
        (known((), ("nowhere",)), r"^moscow/centre\.toml: partners\.brussels\.radars: .*'nowhere'"),
    ],
)
def test_a_radar_that_is_not_in_the_catalogue_is_one_sentence(said: configuration.Configuration, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        of(said)


@pytest.mark.parametrize("lines", ['radars = ["Armavir!"]', 'radars = "armavir"', f"radars = {['a'] * 65}"])
def test_what_cannot_be_a_list_of_radars_is_said_with_its_key(tmp_path: Path, lines: str) -> None:
    with pytest.raises(ConfigurationError, match=r"centre\.toml: radars"):
        with_lines(centre(tmp_path), 'run = "watch"', lines)


def test_a_centre_does_not_begin_to_serve_with_a_radar_that_nobody_knows(tmp_path: Path) -> None:
    with_lines(made := centre(tmp_path), 'run = "watch"', 'radars = ["armavir"]')
    with pytest.raises(ConfigurationError, match="no radar 'armavir' is known here"):
        Service(made, lambda text: None)


# -- in service ------------------------------------------------------------------------------------------------------


def report(line: CentreLine, plots: Plots) -> bytes:
    """A scan as an entry of the radar that made it, signed five seconds after it."""
    site, at = plots.site, plots.time_tai_ns
    stands = Site(
        name=site.name, latitude_rad=site.latitude_rad, longitude_rad=site.longitude_rad, height_m=site.height_m
    )
    columns = zip(COLUMNS, np.hstack([plots.z, plots.sigma]).T.tolist(), strict=True)
    content: dict[str, Any] = {
        "sensor": "armavir",
        "site": stands,
        "time_tai_ns": at,
        **{name: tuple(said) for name, said in columns},
    }
    return serving.words(line, PlotReport, RECORD, f"scan-{at}", logged_tai_ns=at + 5 * NS_PER_S, **content)


def misses(service: Service) -> bool:
    """Whether a centre says of a feed that plots are missing."""
    return any("missing" in feed["text"] for feed in service.health()["watch"]["feeds"])


def test_a_centre_in_service_finds_a_fifth_of_the_plots_withheld(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values, rng = radar("armavir"), np.random.default_rng(4)
    start = (now_tai_ns() // overflights.MINUTE_NS - 20) * overflights.MINUTE_NS
    spec = scenario.load("full-sky").sky
    assert spec is not None
    made = sky.made(spec.model_copy(update={"objects": 1_300}), 4, start)
    monkeypatch.setattr(founding, "now_tai_ns", lambda: start)  # a centre that was there when its radar looked
    founding.found(
        tmp_path / "moscow", run="watch", mode="exercise", listen=serving.address(),
        clients=[founding.Client.parse(text) for text in ("sensor-writer:armavir", "admin:admin")],
    )  # fmt: skip
    (tmp_path / "moscow" / "satellites.tle").write_bytes(made.text)
    path = Place(tmp_path / "moscow").configuration
    path.write_text(f'radars = ["armavir"]\n{path.read_text()}\n[watch]\ncatalogue = "satellites.tle"\n')
    told = [dishonest.thinned(m, 0.2, rng) for m in overflights.minutes(values, made, start, 19, rng)]
    service = Service(tmp_path / "moscow", lambda text: None, radar=radar)
    try:
        with CentreLine(service.place.clients / "armavir") as line:
            for minute in told:
                line.submit([report(line, plots) for plots in minute.scans()])
        serving.wait_for(lambda: misses(service), 240.0)  # where kernels have yet to be compiled
        (feed,) = service.health()["watch"]["feeds"]
        assert (feed["sensor"], feed["standing"]) == ("armavir", "doubted")
        assert "not looked for" not in feed["text"]
    finally:
        service.close()
