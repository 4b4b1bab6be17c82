"""A release policy changed at a centre in service: drafted, signed by two officers, handed in, and in force."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from jointwatch.centre import policies
from jointwatch.centre.accord.papers import InForce
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import ConfigurationError
from jointwatch.centre.saying import Saying
from jointwatch.cli.centre import app
from jointwatch.messages.accord import AgreedRelease, Rules
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release_policy import ReleaseRule
from tests.centre import serving
from tests.centre.accord.worlds import rules

FILE = """
[[rules]]
to = "brussels"
class = "notify"
form = "five items"
delay_s = 30
"""
AGREED = """
members = ["brussels", "moscow"]

[[releases]]
centre = "moscow"
to = "brussels"
class = "notify"
form = "five items"
delay_s = 30
"""
SAYING = Saying("moscow", "watch", "exercise", 1_000, "5f1d")


def test_two_officers_change_what_a_serving_centre_lets_go(tmp_path: Path) -> None:
    moscow, brussels = serving.found(
        tmp_path, "moscow", "brussels", clients=("operator:desk", "releaser:anna", "releaser:boris")
    )
    (tmp_path / "rules.toml").write_text(FILE)
    draft, out = ("release", "draft", moscow, tmp_path / "rules.toml"), tmp_path / "policy.json"
    about = ("--by", "anna", "--reason", "Half a minute late", "--out", out)
    with serving.serving(moscow), serving.serving(brussels):
        serving.opened(moscow, brussels)
        assert "has no policy in force yet" in said(*draft, *about)
        with CentreLine(moscow / "clients/desk") as line:
            items = EXAMPLES["launch_report"].items
            line.submit([serving.words(line, LaunchReport, "moscow/moscow/record", "report-1", items=items)])
        serving.wait_for(lambda: serving.health(moscow)["policy"] is not None)
        assert "Drafted policy 2" in said(*draft, *about)
        assert "two" in (alone := said("release", "publish", moscow, out, "--by", "anna")), alone
        assert "brussels notify: five items" in said(
            "release", "sign", out, "--key", moscow / "clients/boris/signing.pem"
        )
        assert "brussels notify: five items, 30 s late" in said("release", "publish", moscow, out, "--by", "anna")
        serving.wait_for(lambda: serving.health(moscow)["policy"]["number"] == 2)

        (tmp_path / "rules.toml").write_text("rules = []")
        assert "Drafted policy 3" in said(*draft, *about)
        said("release", "sign", out, "--key", moscow / "clients/boris/signing.pem")
        (tmp_path / "agreed.toml").write_text(AGREED)
        said("propose", moscow, "--rules", tmp_path / "agreed.toml")
        serving.wait_for(lambda: "Entry 0" in said("agree", brussels, "moscow=0"))
        serving.wait_for(lambda: "are in force" in said("accord", moscow))
        late = said("release", "publish", moscow, out, "--by", "anna")
        assert "rules 1 promise 'brussels notify: five items, 30 s late'; the policy withholds it" in late
        assert serving.health(moscow)["policy"]["number"] == 2


def test_what_was_promised_in_rules_that_are_in_force_is_not_taken_back_by_one_centre() -> None:
    promised = AgreedRelease(centre="moscow", rule=ReleaseRule(audience="brussels", klass="notify", form="whole"))
    agreed = in_force(rules(1, "brussels", "moscow"), promised)
    at = {"number": 1, "leaf_hash": "00" * 32}
    with pytest.raises(ValueError, match="the policy withholds it; what was agreed changes by rules that all sign"):
        policies.drafted(SAYING, (), "no more", in_force=at, agreed=[agreed])
    policy = policies.drafted(SAYING, (promised.rule,), "as agreed", in_force=at, agreed=[agreed])
    assert (policy.number, policy.replaces) == (2, bytes(32))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules = 1", "rules: "),
        ('[[rules]]\nto = "brussels"\nclass = "plot"\nform = "five items"', "is a form of reports"),
        ('[[rules]]\nto = "brussels"\nclass = "notify"\nform = "whole"\nlate = 1', "late: is no key of this file"),
    ],
)
def test_a_file_that_says_no_policy_is_refused_with_its_name(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=f"rules.toml: .*{words}"):
        policies.read(path)


def test_what_is_no_draft_of_a_policy_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text("[]")
    with pytest.raises(ConfigurationError, match="is no draft of a release policy"):
        policies.read_draft(path)


def in_force(agreed: Rules, *releases: AgreedRelease) -> InForce:
    at = EntryReference(log="moscow/common/accord", index=1, leaf_hash=bytes(32))
    return InForce(replace(agreed, releases=releases), at, 1_000, at, (at,))


def said(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return f"{done.output}{done.exception or ''}"
