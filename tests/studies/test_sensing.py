"""What a scenario may assume of its sensors: read strictly, wired into the scans, and without effect where left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.sensors.bias import NONE
from jointwatch.sensors.measurement import predict, residual
from jointwatch.studies.architecture import Deployed, deploy
from jointwatch.studies.course import positions_at
from jointwatch.studies.feed import Scanned, SensorDesk
from jointwatch.studies.overhead import first_words, overhead
from jointwatch.studies.prepare import prepare
from jointwatch.studies.scenario import Scenario, ScenarioError, parse, variant_of
from jointwatch.studies.sightings import sightings
from jointwatch.studies.truth import Flown, fly

GOOD = (Path(__file__).parents[2] / "src/jointwatch/studies/scenarios/sejil-2009.toml").read_bytes()
MEDIUM = b"[medium]\nrefractivity_n = 315.0\ntec_tecu = 30.0\n\n[[flights]]"
GABALA = b'[[variants.as-proposed.radars]]\nname = "gabala"'
DUCT = b"[medium]\nrefractivity_n = 450.0\nrefractivity_scale_km = 2.0\n\n[[flights]]"
PROPOSED = "as-proposed"


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JOINTWATCH_STATE", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def flown() -> Flown:
    return fly(parse(GOOD, where="x").flights[0])


def with_gabala(more: bytes, text: bytes = GOOD) -> bytes:
    """The same file with more keys for Gabala, in the proposed variant."""
    at = text.index(GABALA)
    return text[:at] + GABALA + b"\n" + more + text[at + len(GABALA) :]


def deployed_of(text: bytes) -> tuple[Scenario, tuple[Deployed, ...]]:
    scenario = parse(text, where="mine.toml")
    start = tai_ns_from_utc(scenario.start_utc)
    end = start + round(scenario.duration_s * NS_PER_S)
    return scenario, deploy(variant_of(scenario, PROPOSED)[1], PROPOSED, start, end, scenario.medium.medium())


def gabala_of(text: bytes) -> Deployed:
    return next(d for d in deployed_of(text)[1] if d.radar.name == "gabala")


def played(text: bytes, flown: Flown) -> tuple[SensorDesk, tuple[Deployed, ...]]:
    scenario, deployed = deployed_of(text)
    desk = SensorDesk("run-1", "exercise", deployed, (flown,), seed=scenario.seed)
    desk.envelopes_until(tai_ns_from_utc(scenario.start_utc) + round(400 * NS_PER_S))
    return desk, deployed


def bits(scans: Sequence[Scanned], radar: str = "") -> bytes:
    return b"".join(s.plots.z.tobytes() + s.plots.sigma.tobytes() for s in scans if not radar or s.radar == radar)


def test_left_out_nothing_is_assumed_and_no_bit_moves(flown: Flown) -> None:
    """Written out as they stand, or with a medium whose shares are corrected away: the same plots."""
    plain = played(GOOD, flown)[0].scans
    spelt = with_gabala(b"errors = { range_m = 0.0 }\nlaw = { swerling = 1 }\nsearch = { fence_top_deg = 90.0 }")
    assert bits(played(spelt, flown)[0].scans) == bits(plain)
    assert len(bits(plain)) > 0


def test_what_is_assumed_reaches_the_radar() -> None:
    d = gabala_of(
        with_gabala(
            b'claims = { detection = "recalled-high", sigma_angle_deg = "half-degree" }\n'
            b"law = { swerling = 0, pulses = 4, scan_loss_exponent = 2.5, boresight_elevation_deg = 20.0 }\n"
            b"errors = { noise_range_m = 333.0, clock_ms = 40.0 }\n"
            b"search = { fence_top_deg = 8.0, revisit_s = 10.0, track_capacity = 100 }",
            GOOD.replace(b"[[flights]]", MEDIUM, 1),
        )
    )
    radar = d.radar
    assert (radar.swerling, radar.pulses, radar.scan_loss_exponent, radar.track_capacity) == (0, 4, 2.5, 100)
    assert (radar.reference_range_m, radar.sigma_range_m, radar.revisit_s) == (6e6, 333.0, 10.0)
    assert np.degrees([radar.sigma_azimuth_rad, radar.fence_top_rad]) == pytest.approx([0.5, 8.0])
    assert 150e6 <= radar.frequency_hz <= 200e6
    assert np.diff(d.scans_tai_ns).tolist() == [10 * NS_PER_S] * (len(d.scans_tai_ns) - 1)
    assert d.errors.clock_s == 0.04
    assert d.medium.air is not None
    assert d.medium.ionosphere is not None
    assert d.medium.ionosphere.vertical_tec_m2 == 3e17


def test_biases_are_drawn_once_per_run_and_leave_the_noise_where_it_was(flown: Flown) -> None:
    """Each of Gabala's plots is moved by the same range and angles; Armavir's, without errors, not at all."""
    plain, _ = played(GOOD, flown)
    text = with_gabala(b"errors = { range_m = 2000.0, azimuth_deg = 1.0, elevation_deg = 0.5, clock_ms = 100.0 }")
    desk, _ = played(text, flown)
    bias = desk.biases["gabala"]
    pairs = [(a, b) for a, b in zip(plain.scans, desk.scans, strict=True) if a.radar == "gabala" and len(a.plots)]
    true = [(a, b) for a, b in pairs if np.abs(residual(b.plots.z, a.plots.z)[0]).max() > 0]
    assert len(true) > 10
    assert {b.plots.time_tai_ns - b.time_tai_ns for _, b in pairs} == {round(bias.clock_s * 1e9)}
    assert bits(desk.scans, "armavir") == bits(plain.scans, "armavir")
    assert played(text, flown)[0].biases == desk.biases


def test_plots_of_a_biased_radar_are_still_told_from_false_ones(flown: Flown) -> None:
    """A bias of many sigmas, and a whole ionosphere uncorrected: the score finds as many plots as without."""
    until = flown.launch_tai_ns + 380 * NS_PER_S
    errors = b"errors = { range_m = 9000.0, azimuth_deg = 3.0, uncorrected = true }"
    counts = []
    for text in (GOOD, with_gabala(errors, GOOD.replace(b"[[flights]]", MEDIUM, 1))):
        desk, deployed = played(text, flown)
        (seen,) = sightings([flown], deployed, desk.scans, until)
        counts.append(next(len(s.plot_tai_ns) for s in seen if s.radar == "gabala"))
        offs = [
            residual(scan.plots.z, predict(scan.plots.site, positions_at(flown, [scan.time_tai_ns])))
            for scan in desk.scans
            if scan.radar == "gabala" and len(scan.plots) and flown.aloft(scan.time_tai_ns)
        ]
        assert len(offs) > 20
    assert counts[0] > 20
    assert counts[1] == pytest.approx(counts[0], abs=4)  # the air lifts it into sight a little earlier


def test_cross_sections_are_drawn_once_per_object_where_asked() -> None:
    bare = prepare(parse(GOOD, where="x"), PROPOSED, speed=0.0)[2][0].rcs_m2
    text = GOOD.replace(b"seed = ", b"rcs_spread = true\nseed = ", 1)
    drawn, again = (prepare(parse(text, where="x"), PROPOSED, speed=0.0)[2][0].rcs_m2 for _ in range(2))
    ratios = {drawn[band] / bare[band] for band in bare}
    assert max(ratios) - min(ratios) < 1e-12
    assert ratios != {1.0}
    assert drawn == again


def test_overhead_infrared_speaks_to_its_centre_as_a_notice_and_gains_time(flown: Flown) -> None:
    text = GOOD + (
        b'\n[[variants.as-proposed.infrared]]\nname = "overhead"\nfeeds = "brussels"\nellipse_km = [12.0, 8.0]\n'
    )
    scenario = parse(text, where="x")
    plan, _, _ = prepare(scenario, PROPOSED, speed=0.0)
    (word,) = plan.overhead
    (notice,) = [n for n in plan.notices if n[2].source.startswith("overhead")]
    assert 45 <= (word.time_tai_ns - flown.launch_tai_ns) / NS_PER_S <= 65
    assert notice[:2] == (word.time_tai_ns, "brussels")
    assert word.time_tai_ns in plan.ticks_tai_ns
    assert notice[2].from_tai_ns <= flown.launch_tai_ns <= notice[2].until_tai_ns
    desk, deployed = played(GOOD, flown)
    seen = sightings([flown], deployed, desk.scans, flown.launch_tai_ns + 400 * NS_PER_S)
    (both,) = first_words([flown], seen, plan.overhead)
    (without,) = first_words([flown], seen, ())
    assert both.radars_s == without.radars_s
    assert without.infrared_s is None
    assert without.earlier_s is None
    assert both.earlier_s == pytest.approx((both.radars_s or 0.0) - (both.infrared_s or 0.0))
    assert overhead((), [flown], seed=1) == ()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (b"errors = { range_m = -1.0 }", "errors.range_m: input should be greater than or equal to 0"),
        (b"errors = { bias_m = 1.0 }", "errors.bias_m: this key is not known; "),
        (b"law = { swerling = 3 }", "law.swerling: input should be less than or equal to 1"),
        (b"search = { confirmations_needed = 2 }", "confirmations_needed cannot exceed confirming_looks"),
        (b"errors = { clock_ms = nan }", "errors.clock_ms: "),
    ],
)
def test_a_wrong_assumption_gets_one_sentence_with_its_key(more: bytes, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(with_gabala(more), where="mine.toml")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_claim_nobody_made_and_an_array_too_wide_are_refused_with_their_place() -> None:
    with pytest.raises(ScenarioError, match=r"radars.gabala.claims: .*nobody called 'high' speaks on detection"):
        deployed_of(with_gabala(b'claims = { detection = "high" }'))
    with pytest.raises(ScenarioError, match="infrared 'overhead' feeds 'paris', which has no"):
        parse(GOOD + b'\n[[variants.as-proposed.infrared]]\nname = "overhead"\nfeeds = "paris"\n', where="mine.toml")
    with pytest.raises(ScenarioError, match="a duct"):
        parse(GOOD.replace(b"[[flights]]", DUCT, 1), where="x")


def test_the_bias_of_a_run_without_errors_is_none_where_nothing_lies_between(flown: Flown) -> None:
    """The shares are drawn, and act on nothing."""
    desk, _ = played(GOOD, flown)
    for bias in desk.biases.values():
        assert (bias.range_m, bias.azimuth_rad, bias.elevation_rad, bias.clock_s) == (0.0, 0.0, 0.0, 0.0)
    assert NONE.range_m == 0.0
