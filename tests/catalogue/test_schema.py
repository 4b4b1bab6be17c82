"""The published schema and page are those of the models that read the files."""

from __future__ import annotations

import json
from pathlib import Path

from jointwatch.catalogue.schema import FILES, PAGE, SCHEMA, json_schema, page, schema_file

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
REMAKE = "run `python -m jointwatch.catalogue.schema docs/reference`"


def test_the_published_schema_is_current() -> None:
    assert (REFERENCE / SCHEMA).read_text("utf-8") == schema_file(), REMAKE


def test_the_published_page_is_current() -> None:
    assert (REFERENCE / PAGE).read_text("utf-8") == page(), REMAKE


def test_one_schema_holds_every_file_and_allows_no_other_key() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {file.removesuffix(".toml") for file in FILES}
    models = [part for part in schema["$defs"].values() if "properties" in part]
    assert len(models) > 20
    assert all(part["additionalProperties"] is False for part in (schema, *models))


def test_the_schema_wants_source_and_tag_of_every_claim_and_a_cross_section_of_a_range() -> None:
    parts = json.loads(schema_file())["$defs"]
    claims = {name: part for name, part in parts.items() if "Claim" in name}
    assert len(claims) > 5
    assert all({"value", "source", "tag"} <= set(part["required"]) for part in claims.values())
    assert "rcs_m2" in parts["RangeClaim"]["required"]
    assert "date" in parts["Source"]["required"]
