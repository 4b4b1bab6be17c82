"""What control lets happen to the radars of an exercise is what the script says, and a script says it whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.studies import injects
from jointwatch.studies.injects import Due, Inject, ScriptError

SITE = Site("gabala", 0.7, 0.8)
Z = np.array([[1e6, 6.2, 0.1], [2e6, 1.0, 0.2]])


def due(count: int = 10, radar: str = "gabala") -> list[Due]:
    """A scan of two plots each ten seconds."""
    sigma = np.full((2, 3), 1e-3)
    return [Due(10.0 * k, radar, Plots(SITE, radar, 10 * k * NS_PER_S, Z, sigma)) for k in range(count)]


def inject(does: str, **given: float) -> Inject:
    return Inject.model_validate({"at_s": 20.0, "until_s": 50.0, "radar": "gabala", "does": does, **given})


def test_of_a_radar_that_falls_silent_nothing_comes_in_that_time() -> None:
    found = injects.injected(due(), [inject("falls silent")], seed=1)
    assert [one.at_s for one in found] == [0, 10, 50, 60, 70, 80, 90]


def test_what_is_late_comes_later_and_says_when_it_was() -> None:
    found = injects.injected(due(), [inject("is late", delay_s=35.0)], seed=1)
    assert [one.at_s for one in found] == [0, 10, 50, 55, 60, 65, 70, 75, 80, 90]
    assert [one.plots.time_tai_ns // NS_PER_S for one in found] == [0, 10, 50, 20, 60, 30, 70, 40, 80, 90]


def test_what_is_sent_twice_is_the_same_scan_twice() -> None:
    found = injects.injected(due(), [inject("sends twice")], seed=1)
    assert [one.at_s for one in found].count(30.0) == 2
    assert len(found) == 13


def test_a_wrong_clock_moves_the_times_alone() -> None:
    found = injects.injected(due(), [inject("has a wrong clock", offset_s=-0.5)], seed=1)
    assert [one.plots.time_tai_ns / NS_PER_S - one.at_s for one in found] == [0, 0, -0.5, -0.5, -0.5, 0, 0, 0, 0, 0]


def test_what_is_measured_wrong_stays_within_a_turn() -> None:
    wrong = inject("measures wrong", range_m=300.0, azimuth_deg=10.0)
    plots = injects.injected(due(), [wrong], seed=1)[3].plots
    np.testing.assert_allclose(plots.z[:, 0] - Z[:, 0], 300.0)
    np.testing.assert_allclose(plots.z[:, 1], [6.2 + np.radians(10) - 2 * np.pi, 1.0 + np.radians(10)])
    np.testing.assert_array_equal(plots.z[:, 2], Z[:, 2])


def test_a_share_of_the_plots_is_missed_and_the_same_one_for_the_same_seed() -> None:
    misses = [Inject(at_s=0.0, radar="gabala", does="misses", share=0.2)]
    kept = [[len(one.plots) for one in injects.injected(due(2_000), misses, seed=seed)] for seed in (1, 1, 2)]
    assert kept[0] == kept[1] != kept[2]
    assert abs(sum(kept[0]) / 4_000 - 0.8) < 0.03  # 4.7 sigma


def test_other_radars_and_a_word_of_control_change_nothing() -> None:
    script = [inject("falls silent"), Inject(at_s=0.0, text="The line is down.")]
    assert len(injects.injected(due(radar="armavir"), script, seed=1)) == 10


def test_several_injects_at_once_all_hold() -> None:
    script = [inject("is late", delay_s=5.0), inject("measures wrong", range_m=7.0), inject("sends twice")]
    found = [one for one in injects.injected(due(), script, seed=1) if one.plots.z[0, 0] == 1e6 + 7.0]
    assert [one.at_s for one in found] == [25, 25, 35, 35, 45, 45]


def test_a_script_is_read_in_order_of_time_and_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text(
        '[[injects]]\nat_s = 60.0\ntext = "Moscow is told."\n\n[[injects]]\nat_s = 5.0\nuntil_s = 9.0\n'
        'radar = "gabala"\ndoes = "is late"\ndelay_s = 90.0\n'
    )
    assert [one.in_words() for one in injects.read(path, ["gabala"])] == [
        "gabala is late (delay_s = 90), until 9 s.",
        "Moscow is told.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "injects: is missing"),
        ("[[injects]]\nat_s = 5.0\n", "injects.0: wanted radar and does, or a text alone"),
        ('[[injects]]\nat_s = 5.0\nradar = "gabala"\n', "wanted radar and does"),
        ('[[injects]]\nat_s = 5.0\nradar = "gabala"\ndoes = "explodes"\n', "injects.0.does: Input should be"),
        ('[[injects]]\nat_s = 5.0\nradar = "gabala"\ndoes = "is late"\n', "a radar that is late wants delay_s"),
        (
            '[[injects]]\nat_s = 5.0\nradar = "gabala"\ndoes = "falls silent"\nshare = 0.5\n',
            "share says nothing of what happens here",
        ),
        ('[[injects]]\nat_s = 5.0\nuntil_s = 5.0\ntext = "x"\n', "until_s must be after at_s"),
        (
            '[[injects]]\nat_s = 5.0\nradar = "pechora"\ndoes = "sends twice"\n',
            "no radar 'pechora' is played; there are",
        ),
        ('[[injects]]\nat_s = nan\ntext = "x"\n', "injects.0.at_s: "),
        ("injects = 3", "injects: "),
        ("[[injects]", "not valid TOML"),
    ],
)
def test_a_script_that_does_not_say_it_whole_is_refused_with_the_key(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "script.toml").write_text(text)
    with pytest.raises(ScriptError) as refusal:
        injects.read(tmp_path / "script.toml", ["gabala"])
    assert sentence in str(refusal.value)
    assert str(refusal.value).startswith(str(tmp_path / "script.toml"))
