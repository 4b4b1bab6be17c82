import re
from xml.etree import ElementTree

import msgspec
import pytest

from jointwatch.display import plain, plain_map
from jointwatch.display.feed import Feed


@pytest.fixture
def midway(recorded):
    feed = Feed(recorded.RUN)
    recorded.fill(feed, until_s=400.0)
    return feed


def test_the_page_holds_the_facts_of_the_newest_snapshot(midway):
    text = plain.page(midway)
    track = midway.latest.pictures[2].tracks[0]
    for fact in (
        "T-0001",
        f"{track.altitude_km:.0f}",
        f"{track.speed_km_s:.2f}",
        track.reason,
        "MRBM",
        "Gabala (Daryal), Armavir (Voronezh-DM)",
    ):
        assert fact in text
    for fact in ("EXERCISE", "COUNTERFACTUAL", "on duty", "azimuth 107°–217°", "same joint picture", "Natural Earth"):
        assert fact in text
    assert "Armavir: first plot of T-0001." in text
    assert plain.verdict(track) in text


def test_each_perspective_has_its_own_picture(recorded):
    feed = Feed(recorded.RUN)
    recorded.fill(feed, until_s=200.0)
    assert "No object is tracked" in plain.page(feed, perspective="moscow")
    assert "T-0001" in plain.page(feed, perspective="brussels")


def test_an_alarm_stands_over_the_tracks_of_whoever_has_it(recorded, midway):
    feed = Feed(recorded.RUN)
    recorded.fill(feed, until_s=200.0)
    for perspective in ("joint", "brussels"):
        text = plain.page(feed, perspective=perspective)
        assert "<strong>ALARM</strong>" in text
        assert "Not announced: no notice" in text
        assert text.index("Launches</h2>") < text.index("Tracks</h2>")
    assert "Launches</h2>" not in plain.page(feed, perspective="moscow")
    assert "<td>explained</td>" in plain.page(midway)
    assert "ALARM" not in plain.page(midway)


def test_an_unknown_perspective_gives_the_joint_picture(midway):
    assert plain.page(midway, perspective="paris") == plain.page(midway, perspective="joint")


def test_a_centre_in_service_shows_its_own_picture_and_offers_no_other(recorded):
    feed = Feed(msgspec.structs.replace(recorded.RUN, scenario="", radars=()))
    own = feed.run.centres[0]
    recorded.fill(feed)
    text = plain.page(feed)
    assert text == plain.page(feed, perspective="joint")
    assert f"<h1>{own.name}’s picture</h1>" in text
    assert re.findall(r"/plain\?perspective=([a-z]+)", text).count(own.id) == text.count("/plain?perspective=")
    assert "joint picture" not in text


def test_words_from_outside_stay_words(recorded, midway):
    evil = msgspec.structs.replace(recorded.RUN, title="<script>alert(1)</script>", notes=("<img src=x>",))
    midway.begin(evil)
    midway.publish(recorded.snapshot(0, 400.0))
    text = plain.page(midway)
    assert "<script" not in text
    assert "<img" not in text


def test_the_map_is_well_formed_and_names_every_object(recorded, midway):
    picture = midway.latest.pictures[2]
    drawing = plain_map.svg(recorded.RUN, picture, {})
    words = [node.text for node in ElementTree.fromstring(drawing).iter("text")]
    expected = {"Gabala (Daryal)", "Armavir (Voronezh-DM)", "T-0001", "T-0001 launch 95 %", "T-0001 impact 95 %"}
    assert expected <= set(words)


def test_everything_on_the_map_lies_within_it(recorded, midway):
    frame_parts = plain_map.svg(recorded.RUN, midway.latest.pictures[2], {})
    marks = re.findall(r'<(?:circle|rect class="site)[^>]*?(?:cx|x)="([\d.]+)" (?:cy|y)="([\d.]+)"', frame_parts)
    assert len(marks) == 3
    assert all(0 < float(x) < plain_map.WIDTH and 0 < float(y) < plain_map.HEIGHT for x, y in marks)


def test_an_earlier_snapshot_is_shown_as_it_was_known(midway):
    text = plain.page(midway, snapshot=35)  # 175 s after the start
    assert "As it was known at" in text
    assert "2009-05-20T08:01:55" in text
    assert "Impact</dt><dd>not estimated" in text
    assert "Armavir: first plot" not in text, "that came later"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"banner": "", "counterfactual": False}, "EXERCISE"),
        ({"banner": "Training"}, "EXERCISE · Training · COUNTERFACTUAL: as proposed"),
        ({"banner": "OPERATIONAL", "mode": "operational", "counterfactual": False}, "OPERATIONAL"),
    ],
)
def test_the_banner_cannot_be_left_out(recorded, changes, words):
    assert plain.banner(msgspec.structs.replace(recorded.RUN, **changes)) == words
