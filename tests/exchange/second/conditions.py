"""Section 3's table: what must hold between the fields of a message or of a part of one, by the schema's title."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

Said = dict[str, Any]
EMPTY: tuple[Any, ...] = ("", b"", None)
MEASURED = ("range_m", "azimuth_rad", "elevation_rad")


def released(said: Said) -> bool:
    """What is called withheld is a field, is empty, and is committed to."""
    names = said["withheld"]
    return (
        len(said["commitment"]) in (0, 32)
        and names == sorted(set(names))
        and all(name in said and (said[name] in EMPTY or said[name] == []) for name in names)
        and bool(said["commitment"] or not names)
    )


def scan(said: Said) -> bool:
    fields = [field for name in MEASURED for field in (name, f"sigma_{name}") if field not in said["withheld"]]
    return released(said) and all(len(said[field]) == len(said["range_m"]) for field in fields)


def track(said: Said, first: str, last: str) -> bool:
    return (
        released(said) and said[first] <= said[last] and all(said["covariance"][k] >= 0 for k in (0, 6, 11, 15, 18, 20))
    )


def policy(said: Said) -> bool:
    pairs = [(rule["audience"], rule["klass"]) for rule in said["rules"]]
    return (
        (said["number"] == 1) == (said["replaces"] is None)
        and said["log"] == f"{said['origin']}/{said['origin']}/record"
        and len(set(pairs)) == len(pairs)
        and all(audience != said["origin"] for audience, _ in pairs)
    )


def release_rule(said: Said) -> bool:
    if said["audience"] != "common":
        return said["klass"] != "assess" and (said["form"] != "five items" or said["klass"] == "notify")
    if said["klass"] == "notify":
        return said["form"] == "whole" and said["every_ns"] == 0
    undelayed = said["every_ns"] == said["delay_ns"] == 0
    return bool(said["klass"] == "assess" and said["form"] != "five items" and undelayed)


def roster(said: Said) -> bool:
    keys = [said["identity"], *(key["public_key"] for key in said["keys"])]
    return len(set(keys)) == len(keys)


def roster_key(said: Said) -> bool:
    until = said["valid_until_tai_ns"]
    wanted = 1312 if said["purpose"] == "log-ml-dsa-44" else 32
    right_length = said["purpose"] == "tls-ca" or len(said["public_key"]) == wanted
    return right_length and (until is None or until >= said["valid_from_tai_ns"])


def party_root(said: Said) -> bool:
    keys = [said["identity"], *(one["public_key"] for one in said["officers"])]
    return len(set(keys)) == len(keys) and said["threshold"] <= len(said["officers"])


def key_bounds(said: Said) -> bool:
    named = (["/".join(place["log"].split("/")[:3]) for place in said[name] or []] for name in ("since", "until"))
    once = all(len(set(logs)) == len(logs) for logs in named)
    return once and (said["until"] is not None or not said["compromised"])


def manifest(said: Said) -> bool:
    paths = [file["path"] for file in said["files"]]
    return paths == sorted(set(paths)) and said["part"] <= said["parts"]


def shard_opening(said: Said) -> bool:
    month = datetime(1970, 1, 1) + timedelta(seconds=said["logged_tai_ns"] // 10**9)
    return bool(said["closes"]) == (said["last_logged_tai_ns"] is not None) and said["shard"] == f"{month:%Y-%m}"


def statement(said: Said) -> bool:
    items = [item["agree"] for one in said["objects"] for item in one["concordance"]]
    return (not said["agree"] or all(items)) and not set(said["centres"]) & set(said["absent"])


def reply(said: Said) -> bool:
    own = all(one["released"]["log"].split("/")[0] == said["origin"] for one in said["disclosed"])
    return own and (said["outcome"] == "answered" or not (said["entries"] or said["disclosed"]))


def post_launch(said: Said) -> bool:
    cancelled = said["outcome"] == "cancelled"
    wants_notice = said["outcome"] in ("as announced", "cancelled")
    return cancelled == (said["launch_time_tai_ns"] is None) and not (wants_notice and said["announced"] is None)


def notification(said: Said) -> bool:
    return (
        said["from_tai_ns"] <= said["until_tai_ns"]
        and (said["occasion"] == "de-orbiting") == (said["vehicle"] == "spacecraft")
        and (said["generic_class"] == "-" or said["vehicle"] == "missile")
        and (said["launches"] == 1) == (said["spacing"] == "single")
        and len(set(said["agreements"])) == len(said["agreements"])
    )


def area(said: Said) -> bool:
    count = len(said["corners"])
    return count != 2 and (said["radius_m"] is None or count == 1) and bool(count or said["name"])


def accord(said: Said) -> bool:
    return bool(said["log"] == said["origin"] + "/common/accord")


def assent(said: Said) -> bool:
    points = [one["point"] for one in said["dissents"]]
    return accord(said) and len(set(points)) == len(points)


def proposal(said: Said) -> bool:
    rules = said["rules"]
    first = rules is not None and rules["number"] == 1
    return accord(said) and (said["statement"] is None) != (rules is None) and first == (said["under"] is None)


def correlation(said: Said) -> bool:
    no_launch = said["nature"] != "" or said["satellite"] is not None
    named = said["notice"] is not None
    return not (no_launch and said["announced"]) and named == (said["announced"] not in ("", "not announced"))


def partner_event(said: Said) -> bool:
    reported = said["theirs"] > 0
    return reported == (said["event_apart_s"] is not None) and said["theirs"] == len(said["reports"])


def outside(said: Said) -> bool:
    moves = said["speed_m_s"] is not None or said["velocity_m_s"] is not None
    place = (said["latitude_rad"] is None) == (said["longitude_rad"] is None)
    return place and (moves or said["sigma_m_s"] is None)


def feed_verdict(said: Said) -> bool:
    doubted = said["standing"] == "doubted"
    sized = (said["offsets"] is None) == (said["offset_sigmas"] is None)
    return sized and doubted == bool(said["faults"]) and said["explained"] <= said["plots"]


def feed_fault(said: Said) -> bool:
    since = said["since_tai_ns"]
    return said["sigma"] >= 0 and (since is None or since <= said["found_tai_ns"])


def rules(said: Said) -> bool:
    names = [member["centre"] for member in said["members"]]
    sensors = [(one["centre"], one["sensor"]) for one in said["sensors"]]
    given = [(one["centre"], one["rule"]["audience"], one["rule"]["klass"]) for one in said["releases"]]
    return (
        names == sorted(set(names))
        and all(one["centre"] in names for one in (*said["sensors"], *said["releases"]))
        and len(set(sensors)) == len(sensors)
        and len(set(given)) == len(given)
        and all(to in ("common", *names) and to != centre for centre, to, _ in given)
    )


CONDITIONS: dict[str, Callable[[Said], bool]] = {
    "Act": lambda said: said["log"] == f"{said['origin']}/{said['origin']}/acts",
    "Alert": lambda said: (said["type"] == "alert") == (not said["earlier"]),
    "Assent": assent,
    "Conclusion": accord,
    "Correlation": correlation,
    "Dispatch": lambda said: len(said["body_sha256"]) == (32 if said["tries"] else 0),
    "Ellipse95": lambda said: said["semi_minor_m"] <= said["semi_major_m"],
    "FeedFault": feed_fault,
    "FeedVerdict": feed_verdict,
    "FileDigest": lambda said: not {".", ".."} & set(said["path"].split("/")),
    "KeyBounds": key_bounds,
    "LaunchItems": lambda said: (
        released(said) and (said["impact_time_tai_ns"] is None) == (said["impact_time_sigma_s"] is None)
    ),
    "LocalTrack": lambda said: track(said, "first_plot_tai_ns", "last_plot_tai_ns"),
    "Manifest": manifest,
    "NoticeContents": lambda said: (
        said["from_tai_ns"] <= said["until_tai_ns"] and (said["occasion"] == "orbit") == (said["orbit"] is not None)
    ),
    "Notification": notification,
    "NotifiedArea": area,
    "OutsideContents": outside,
    "PartnerEvent": partner_event,
    "PartyRoot": party_root,
    "PlotReport": scan,
    "PointFinding": lambda said: all(said["covariance"][k] >= 0 for k in (0, 3, 5)),
    "PostLaunchNotice": post_launch,
    "Proposal": proposal,
    "Query": lambda said: (
        said["to"] != said["origin"] and (said["until_tai_ns"] is None or said["until_tai_ns"] > said["logged_tai_ns"])
    ),
    "Receipt": lambda said: said["first_index"] <= said["head"]["size"],
    "Region": lambda said: said["south_rad"] <= said["north_rad"],
    "ReleasePolicy": policy,
    "ReleaseRule": release_rule,
    "Reply": reply,
    "Roster": roster,
    "RosterKey": roster_key,
    "Rules": rules,
    "ShardOpening": shard_opening,
    "Statement": statement,
    "Tracklet": lambda said: track(said, "from_tai_ns", "to_tai_ns") and said["since"] < said["number"],
    "WindowExtension": lambda said: said["from_tai_ns"] <= said["until_tai_ns"],
}


def hold(title: str, said: Said) -> bool:
    """Whether the conditions of a message or a part of one hold."""
    return title not in CONDITIONS or CONDITIONS[title](said)
