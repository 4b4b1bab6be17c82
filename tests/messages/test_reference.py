"""Every kind of message has an example and stands in the published schema and page, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from jointwatch.cli.entry_text import in_words
from jointwatch.messages import reference_page
from jointwatch.messages.encoding import json_schema, kinds
from jointwatch.messages.examples import EXAMPLES

DOCS = Path(__file__).parents[2] / "docs" / "reference"
REMAKE = "out of date; run: python -m jointwatch.messages.reference_page docs/reference"


WANTED = """notice notification window_extension post_launch_notice launch_report plot_report tracklet local_track
correction query reply finding statement statement_signature roster party_root key_bounds shard_opening
release release_policy heartbeat incident receipt manifest act proposal assent conclusion alert dispatch
outside_report correlation feed_verdict"""


def test_there_is_a_kind_for_everything_a_centre_says_and_no_other() -> None:
    assert set(kinds()) == set(WANTED.split())


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_has_an_example_a_schema_and_a_line_for_people(kind: str):
    assert kind in EXAMPLES
    assert kind in json_schema()["discriminator"]["mapping"]
    assert in_words(EXAMPLES[kind])


@pytest.mark.parametrize("kind", kinds())
def test_a_kind_has_an_example_and_a_section_with_it(kind: str):
    assert type(EXAMPLES[kind]) is kinds()[kind]
    section = (DOCS / reference_page.PAGE).read_text(encoding="utf-8").split(f"\n## {kind}\n")[1].split("\n## ")[0]
    assert f'"kind": "{kind}"' in section
    missing = [name for name in kinds()[kind].__struct_fields__ if f'"{name}":' not in section]
    assert not missing


def test_the_published_page_and_schema_are_those_of_the_structs():
    assert (DOCS / reference_page.PAGE).read_text(encoding="utf-8") == reference_page.page(), REMAKE
    assert (DOCS / reference_page.SCHEMA).read_text(encoding="utf-8") == reference_page.schema_file(), REMAKE
