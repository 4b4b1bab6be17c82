"""The table of acts: each row is whole, stands in the guide, and has a form that the page can draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre.api.acts import Row
from jointwatch.centre.api.table import ACTS
from jointwatch.exchange import roles
from jointwatch.messages.encoding import kinds

GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "people.md").read_text("utf-8")
DRAWN = {"string", "integer", "number", "boolean", "array", "object"}


def test_each_act_has_a_name_of_its_own() -> None:
    assert max(Counter(row.name for row in ACTS).values()) == 1


@pytest.mark.parametrize("row", ACTS, ids=lambda row: row.name)
def test_an_act_is_in_the_guide_and_fits_what_it_names(row: Row) -> None:
    assert f"`{row.name}`" in GUIDE
    assert row.title in GUIDE
    assert row.roles
    assert set(row.roles) <= set(roles.SIGNING) & set(roles.PEOPLE)
    assert set(row.of) <= set(kinds())
    assert not row.pointed or row.pointed in row.form.model_fields
    assert not row.of or row.pointed


@pytest.mark.parametrize("row", ACTS, ids=lambda row: row.name)
def test_the_page_can_draw_a_form(row: Row) -> None:
    schema = row.form.model_json_schema()
    assert schema["additionalProperties"] is False
    for field in fields(schema, schema.get("$defs", {})):
        assert field.get("type") in DRAWN or "enum" in field, field


@pytest.mark.parametrize("row", ACTS, ids=lambda row: row.name)
def test_every_text_that_is_filled_in_is_bounded(row: Row) -> None:
    schema = row.form.model_json_schema()
    for field in fields(schema, schema.get("$defs", {})):
        bounded = "maxLength" in field or "pattern" in field or "enum" in field or "const" in field
        assert field.get("type") != "string" or bounded, field
        assert field.get("type") != "array" or "maxItems" in field, field


def fields(schema: dict[str, Any], named: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every field of a form, and of what is in it; of "this or nothing" this."""
    for part in [*schema.get("properties", {}).values(), schema.get("items", {}), *schema.get("prefixItems", ())]:
        given = next((one for one in part.get("anyOf", ()) if one.get("type") != "null"), part)
        found = named[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        if found:
            yield found
            yield from fields(found, named)
