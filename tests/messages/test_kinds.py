"""What each kind of message may say: its ranges, and the rules that hold between its fields."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
import pytest

from jointwatch.messages.encoding import MessageRefused, from_json, to_json
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.release import commitment
from jointwatch.messages.release_policy import Region


def refusal(kind: str, changes: dict[str, Any]) -> str:
    """Return the words with which the example of a kind is refused after changes at dotted paths of its JSON."""
    whole = msgspec.json.decode(to_json(EXAMPLES[kind]))
    for path, value in changes.items():
        *way, last = path.split(".")
        part = whole
        for step in way:
            part = part[int(step)] if isinstance(part, list) else part[step]
        part[last] = value
    with pytest.raises(MessageRefused) as caught:
        from_json(msgspec.json.encode(whole))
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("plot_report", {"site.latitude_rad": 44.9}, r"<= 1.57.*latitude_rad"),
        ("plot_report", {"site.longitude_rad": -3.2}, r">= -3.14.*longitude_rad"),
        ("plot_report", {"range_m": [-1.0, 2.0]}, r">= 0.0.*range_m"),
        ("plot_report", {"range_m": [1.0]}, "sigma_range_m has 2 values, range_m has 1"),
        ("plot_report", {"sigma_range_m": []}, "sigma_range_m has 0 values, range_m has 2"),
        ("tracklet", {"covariance": [1.0] * 20}, "length >= 21"),
        ("tracklet", {"covariance": [-1.0] + [1.0] * 20}, "diagonal is negative"),
        ("tracklet", {"since": 2}, "cannot add to tracklet 2"),
        ("tracklet", {"boost_probability": 1.01}, "<= 1.0"),
        ("tracklet", {"to_tai_ns": 0}, "end before they begin"),
        ("launch_report", {"items.launch.semi_minor_m": 1e6}, "longer than the major"),
        ("launch_report", {"items.impact_time_sigma_s": None}, "together or not at all"),
        ("launch_report", {"items.verdict": "satellite"}, "satellite"),
        ("receipt", {"first_index": 59}, "beyond the log's size 58"),
        ("receipt", {"head.root": "AAAA"}, "length >= 32"),
        ("receipt", {"head.log": "brussels/plot"}, "head.log"),
        ("notice", {"contents.until_tai_ns": 0}, "ends before it begins"),
        ("notice", {"contents.occasion": "orbit"}, "carries an orbit"),
        ("finding", {"objects.0.launch.covariance": [1.0, 0.0, 0.0, -1.0, 0.0, 1.0]}, "diagonal is negative"),
        ("statement", {"objects.0.concordance.0.agree": False}, "say they do not|says they do not"),
        ("statement", {"absent": ["moscow"]}, "absent"),
        ("statement_signature", {"signature": "AAAA"}, "length >= 64"),
        ("manifest", {"files.0.path": "logs/../../etc/passwd"}, "leads out of the directory"),
        ("manifest", {"files.0.path": "/etc/passwd"}, "path"),
        ("manifest", {"files.0.path": "zzz"}, "alphabetical"),
        ("manifest", {"part": 2}, "part 2 of 1"),
        ("roster", {"keys.0.public_key": "A" * 64}, "48 bytes; an Ed25519 key has 32"),
        ("roster", {"keys.0.public_key": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}, "twice"),
        ("roster", {"keys.0.purpose": "everything"}, "purpose"),
        ("roster", {"keys.0.valid_until_tai_ns": 1}, "ends before it begins"),
        ("release", {"salt": ""}, "length >= 32"),
        ("shard_opening", {"shard": "2009-06"}, "the shard of 2009-06 is opened in 2009-05"),
        ("shard_opening", {"closes": ""}, "together or not at all"),
        ("shard_opening", {"log": "moscow/brussels/plot/2009-05"}, r"\.log"),
        ("receipt", {"head.log": "brussels/moscow/plot/2009-13"}, "head.log"),
        ("local_track", {"last_plot_tai_ns": 0}, "end before they begin"),
        ("local_track", {"covariance": [-1.0] + [1.0] * 20}, "diagonal is negative"),
        ("correlation", {"nature": "natural"}, "neither announced nor unannounced"),
        ("correlation", {"satellite": 25544}, "neither announced nor unannounced"),
        ("correlation", {"notice": None}, "names it, and no other does"),
        ("correlation", {"partners.0.event_apart_s": None}, "has a time apart"),
        ("correlation", {"partners.0.theirs": 2}, "as many objects of an event as reports"),
        ("feed_verdict", {"standing": "believed"}, "doubted for a fault"),
        ("feed_verdict", {"offset_sigmas": None}, "come with their sigmas"),
        ("feed_verdict", {"plots": 1}, "no more plots are explained"),
        ("feed_verdict", {"faults.0.sigma": -1.0}, "not negative"),
        ("feed_verdict", {"faults.0.found_tai_ns": 0}, "found after it began"),
        ("feed_verdict", {"offsets": [1.0, 2.0, 3.0]}, "length >= 4"),
        ("outside_report", {"contents.latitude_rad": None}, "a latitude and a longitude, or is not given"),
        (
            "outside_report",
            {"contents.speed_m_s": None, "contents.velocity_m_s": None, "contents.sigma_m_s": 1.0},
            "no sigma",
        ),
        ("outside_report", {"contents.velocity_m_s": [1.0, 2.0]}, "length 3"),
        ("notification", {"until_tai_ns": 0}, "ends before it begins"),
        ("notification", {"occasion": "de-orbiting"}, "spacecraft is brought down"),
        ("notification", {"vehicle": "space launch"}, "told of missiles only"),
        ("notification", {"launches": 2}, "more than one are"),
        ("notification", {"spacing": "simultaneous"}, 'one launch is "single"'),
        ("notification", {"agreements": ["plns-2000", "plns-2000"]}, "named twice"),
        ("notification", {"state": "Russia"}, r"regex"),
        ("notification", {"areas.1.radius_m": 1.0}, "goes with one corner"),
        ("notification", {"areas.0.corners": [[0.1, 0.1], [0.2, 0.2]]}, "two bound none"),
        ("notification", {"areas.0.radius_m": None, "areas.0.corners": []}, "given by its name"),
        ("window_extension", {"until_tai_ns": 0}, "ends before it begins"),
        ("post_launch_notice", {"launch_time_tai_ns": None}, "every other outcome has one"),
        ("post_launch_notice", {"outcome": "cancelled"}, "cancelled launch has no time"),
        ("post_launch_notice", {"announced": None}, "wants the notice that announced it"),
        ("query", {"to": "moscow"}, "does not ask itself"),
        ("query", {"until_tai_ns": 1}, "leaves no time for a reply"),
        ("reply", {"outcome": "declined"}, "discloses nothing"),
        ("reply", {"disclosed.0.released.log": "brussels/common/notify"}, "behind its own entries"),
        ("release_policy", {"number": 1}, "first policy replaces none"),
        ("release_policy", {"log": "moscow/common/notify"}, "own record"),
        ("release_policy", {"rules.0.klass": "plot"}, "is a form of reports"),
        ("release_policy", {"rules.1.klass": "notify"}, "one audience and class"),
        ("release_policy", {"rules.0.audience": "moscow"}, "released to oneself"),
        ("release_policy", {"rules.1.delay_ns": 10**17}, "delay_ns"),
        ("release_policy", {"rules.1.audience": "common"}, "goes to partners"),
        ("release_policy", {"rules.2.audience": "brussels"}, "audience of their rule is common"),
        ("release_policy", {"rules.2.delay_ns": 1}, "findings not delayed"),
        ("release_policy", {"rules.0.audience": "common"}, "whole or not at all"),
        ("release_policy", {"rules.1.region.south_rad": 1.0}, "north of its northern"),
        ("proposal", {"log": "moscow/brussels/accord"}, "stands in moscow/common/accord, for all"),
        ("proposal", {"under": None}, "the first rules are made under none"),
        ("proposal", {"rules": None}, "of a statement or of rules, one of them"),
        ("proposal", {"rules.members.0.centre": "riga"}, "alphabetical order"),
        ("proposal", {"rules.sensors.0.centre": "riga"}, "riga is no member of these rules"),
        ("proposal", {"rules.releases.0.rule.audience": "riga"}, "to another member or to common"),
        ("assent", {"log": "moscow/common/assess"}, "for all, not in moscow/common/assess"),
        ("conclusion", {"assents": []}, "length >= 1"),
        ("heartbeat", {"log": "moscow/common/notify\n"}, "regex"),
        ("heartbeat", {"logged_tai_ns": -1}, ">= 0"),
        ("act", {"log": "moscow/brussels/acts"}, "its own log of acts"),
        ("act", {"role": "releaser"}, "role"),
    ],
)
def test_a_value_out_of_range_is_refused_in_words(kind: str, changes: dict[str, Any], words: str):
    assert re.search(words, refusal(kind, changes), re.DOTALL)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"items.source": "armavir"}, "'source' is called withheld but holds a value"),
        ({"items.withheld": ["colour"]}, "'colour' is called withheld but is no field"),
        ({"items.withheld": ["source", "apogee_m"]}, "alphabetical order"),
        ({"items.withheld": ["source", "source"]}, "once each"),
        ({"items.commitment": ""}, "without a commitment"),
        ({"items.commitment": "AAAA"}, "32 bytes or none"),
    ],
)
def test_what_is_withheld_is_a_field_is_empty_and_is_committed_to(changes: dict[str, Any], words: str):
    assert words in refusal("launch_report", changes)


def test_withheld_sigmas_may_be_left_out_of_plots():
    whole = msgspec.json.decode(to_json(EXAMPLES["plot_report"]))
    whole |= {"sigma_range_m": [], "withheld": ["sigma_range_m"], "commitment": "A" * 43 + "="}
    assert from_json(msgspec.json.encode(whole)).sigma_range_m == ()


def test_a_commitment_is_to_the_whole_entry_under_its_salt():
    assert commitment(bytes(32), b"entry") != commitment(bytes(32), b"entrY") != commitment(b"\1" * 32, b"entry")
    with pytest.raises(ValueError, match="salt has 32 bytes"):
        commitment(b"short", b"entry")


def test_a_region_may_span_the_meridian_of_180_degrees():
    pacific = Region(south_rad=-0.5, north_rad=0.5, west_rad=2.5, east_rad=-2.5)
    inside = [pacific.holds(0.0, longitude) for longitude in (-math.pi, -2.5, -2.4, 0.0, 2.4, 2.5, math.pi)]
    assert inside == [True, True, False, False, False, True, True]
    assert not pacific.holds(0.6, 3.0)


@pytest.mark.parametrize(("west_rad", "east_rad"), [(2.5, math.pi), (-math.pi, -2.5), (math.pi, -2.5)])
def test_a_region_that_ends_at_180_degrees_holds_that_meridian_by_both_its_names(west_rad: float, east_rad: float):
    half = Region(south_rad=-0.5, north_rad=0.5, west_rad=west_rad, east_rad=east_rad)
    assert half.holds(0.0, math.pi)
    assert half.holds(0.0, -math.pi)
    assert half.holds(0.0, west_rad)
    assert half.holds(0.0, east_rad)
    assert not half.holds(0.0, 0.0)
    assert not half.holds(0.6, math.pi)


def test_what_no_rule_names_is_withheld():
    policy = EXAMPLES["release_policy"]
    assert policy.rule("brussels", "notify").form == "five items"
    assert policy.rule("brussels", "plot") is None
    assert policy.rule("ankara", "notify") is None
