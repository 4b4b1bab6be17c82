"""A scenario file is read strictly, and every refusal says file, key, what was wanted and what came."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.studies.architecture import deploy
from jointwatch.studies.prepare import prepare
from jointwatch.studies.scenario import ScenarioError, built_in, load, parse, variant_of
from jointwatch.studies.truth import fly

NOTICE = (Path(__file__).parents[2] / "src/jointwatch/studies/scenarios/andoya-1995.toml").read_bytes()
GOOD = (Path(__file__).parents[2] / "src/jointwatch/studies/scenarios/sejil-2009.toml").read_bytes()


@pytest.mark.parametrize("name", built_in())
def test_every_built_in_scenario_reads_and_flies(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    for flight in scenario.flights:
        assert fly(flight).launch_tai_ns == tai_ns_from_utc(flight.launch_utc)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"range_km", b"range_m", "flights.0.range_m: this key is not known; did you mean 'range_km'?"),
        (b"seed = 2", b"sead = 2", "sead: this key is not known; did you mean 'seed'?"),
        (b"azimuth_deg = 150.0", b"azimuth_deg = '150 deg'", "flights.0.azimuth_deg: input should be a valid number"),
        (b"azimuth_deg = 150.0", b"azimuth_deg = 2.6e3", "flights.0.azimuth_deg: input should be less than 360"),
        (b"range_km = 2000.0", b"range_km = 2e6", "flights.0.range_km: input should be less than or equal to 15000"),
        (b"duration_s = 1080.0", b"duration_s = -1.0", "duration_s: input should be greater than 0"),
        (b"2009-05-20T06:00:00Z", b"20 May 2009", "flights.0.launch_utc: wanted a UTC time such as"),
        (b"2009-05-20T06:00:00Z", b"2009-13-20T06:00:00Z", "flights.0.launch_utc:"),
        (b'feeds = "moscow"', b'feeds = "paris"', "feeds 'paris', which has no release policy"),
        (b"range_km = 2000.0", b"", "range_km (a ballistic flight) or perigee_km"),
        (b"range_km = 2000.0", b"range_km = nan", "flights.0.range_km:"),
        (b"[[flights]]", b"[[flights", "not valid TOML"),
        (b'name = "sejil-2009"', b'name = "../../etc/x"', "name: string should match pattern"),
        (b'name = "sejil-2009"', b'name = ""', "name: string should match pattern"),
        (
            b"2009-05-20T06:00:00Z",
            b"2009-05-20T05:00:00Z",
            "flights.sejil-2.launch_utc = 2009-05-20T05:00:00Z lies outside",
        ),
        (b"2009-05-20T06:00:00Z", b"2009-05-20T07:00:00Z", "lies outside the run, which lasts 1080 s from start_utc"),
        (b'name = "gabala"', b'name = "armavir"', "radars: 'armavir' stands there twice"),
        (b'["south-west", "south-east"]', b'["south-west", "south-west"]', "'south-west' stands there twice"),
    ],
)
def test_a_wrong_file_gets_one_sentence_with_file_and_key(old: bytes, new: bytes, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ScenarioError) as caught:
        parse(GOOD.replace(old, new, 1), where="mine.toml")
    message = str(caught.value)
    assert message.startswith("mine.toml: ")
    assert words in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'until_utc = "1995-02-10T12:00:00Z"', b"", "notices.0: a window has from_utc and until_utc"),
        (b"1995-02-10T12", b"1995-01-10T12", "the window ends, 1995-01-10T12:00:00Z, before it begins"),
        (b"[[69.29, 16.02]]", b"[[99.29, 16.02]]", "notices.0.areas.0.corners_deg.0.0: input should be less than"),
        (b'role = "launch"', b'role = "start"', "notices.0.areas.0.role"),
        (b'told = ["moscow"]', b'told = ["Moscow"]', "notices.0.told.0"),
        (b'told = ["moscow"]', b"launches = 0", "notices.0.launches"),
    ],
)
def test_a_wrong_notice_gets_one_sentence_with_its_key(old: bytes, new: bytes, words: str) -> None:
    assert old in NOTICE
    with pytest.raises(ScenarioError, match=r"^mine.toml: [^\n]*$") as caught:
        parse(NOTICE.replace(old, new, 1), where="mine.toml")
    assert words in str(caught.value)


def test_a_notice_reaches_its_centre_with_window_areas_and_whom_it_was_told() -> None:
    plan, _, _ = prepare(load("andoya-1995"), "as-proposed", speed=0.0)
    ((when, centre, contents),) = plan.notices
    assert (when, centre, contents.told) == (tai_ns_from_utc("1995-01-25T06:24:00Z"), "brussels", ("moscow",))
    assert contents.until_tai_ns == tai_ns_from_utc("1995-02-10T12:00:00Z")
    assert [area.role for area in contents.areas] == ["launch", "impact"]
    assert contents.areas[0].corners[0] == pytest.approx((1.2093, 0.2796), abs=1e-4)


def deployed(text: bytes, variant: str) -> None:
    scenario = parse(text, where="mine.toml")
    start = tai_ns_from_utc(scenario.start_utc)
    deploy(variant_of(scenario, variant)[1], variant, start, start + 10**12)


def test_an_unknown_radar_is_named_with_the_nearest_one() -> None:
    with pytest.raises(
        ScenarioError, match=r"variants.as-proposed.radars: the catalogue has no .*'gabalah'; did you mean 'gabala'"
    ):
        deployed(GOOD.replace(b'name = "gabala"', b'name = "gabalah"', 1), "as-proposed")


def test_an_array_asked_for_before_its_service_is_refused_unless_proposed() -> None:
    """Armavir's south-eastern array was not there in 2009: as it was, nobody can look through it."""
    eager = GOOD.replace(b"counterfactual = true", b"counterfactual = false", 1)
    with pytest.raises(ScenarioError, match=r"'south-west' was not on duty|'south-east' was not on duty on 2009-05-20"):
        deployed(eager, "as-proposed")
    deployed(GOOD, "as-proposed")


def test_a_day_on_which_no_radar_was_on_duty_is_refused() -> None:
    long_ago = GOOD.replace(b"2009-05-20T", b"1980-05-20T")
    with pytest.raises(
        ScenarioError, match=r"on 1980-05-20 no radar here had an array on duty \(armavir south-west on duty from"
    ):
        deployed(long_ago, "as-it-was")


def test_a_centre_nobody_knows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    text = GOOD.replace(b'feeds = "brussels"', b'feeds = "paris"').replace(b"release.brussels", b"release.paris")
    with pytest.raises(ScenarioError, match=r"release.paris: the catalogue has no centre 'paris'"):
        prepare(parse(text, where="mine.toml"), "as-proposed", speed=0.0)


def test_a_state_folder_that_cannot_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ScenarioError, match=r"set XDG_STATE_HOME to a folder of yours"):
        prepare(load("sejil-2009"), "as-proposed", speed=0.0)


def test_a_byte_order_mark_is_no_harm() -> None:
    assert parse(b"\xef\xbb\xbf" + GOOD, where="mine.toml").name == "sejil-2009"


def test_an_array_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"there is no array 'north'; armavir has south-west, south-east"):
        deployed(GOOD.replace(b'["south-west", "south-east"]', b'["north"]', 1), "as-proposed")


def test_a_vehicle_nobody_knows_is_refused() -> None:
    scenario = parse(GOOD.replace(b"mrbm-solid-2stage", b"mrbm-solid", 1), where="mine.toml")
    with pytest.raises(ScenarioError, match=r"flights.sejil-2.vehicle: .*did you mean"):
        fly(scenario.flights[0])


def test_a_flight_too_flat_for_the_air_is_refused_and_not_quietly_shortened() -> None:
    scenario = parse(GOOD.replace(b"apogee_km = 800.0", b"apogee_km = 21.0", 1), where="mine.toml")
    with pytest.raises(ScenarioError, match=r"flights\.sejil-2: range_km = 2000 .* too flat for the air"):
        fly(scenario.flights[0])


def test_an_unknown_scenario_is_told_the_nearest_and_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no scenario 'sejil-209'; did you mean 'sejil-2009'"):
        load("sejil-209")
    with pytest.raises(ScenarioError, match=r"nowhere\.toml: cannot be read"):
        load(str(tmp_path / "nowhere.toml"))


def test_an_oversize_file_is_not_read(tmp_path: Path) -> None:
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * (256 * 1024 + 1))
    with pytest.raises(ScenarioError, match="at most 256 kB"):
        load(str(big))


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_the_one_error(data: bytes) -> None:
    with pytest.raises(ScenarioError):
        parse(data, where="fuzz")


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_one_changed_byte_is_read_or_refused_in_one_sentence(at: int, byte: int) -> None:
    try:
        parse(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :], where="fuzz")
    except ScenarioError as error:
        assert str(error).startswith("fuzz: ")  # noqa: PT017 - most changes are still a scenario
