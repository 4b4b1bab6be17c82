"""The reference page of all messages and their JSON Schema, written from the structs themselves.

`python -m jointwatch.messages.reference_page docs/reference` writes both files; a test fails when they are out of date.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from jointwatch.messages.encoding import json_schema, kinds, to_json
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.header import Header

PAGE, SCHEMA = "messages.md", "messages.schema.json"

_HEAD = """# Messages

Everything a centre says is one of these {count} kinds of message. On the wire and under the signature a message is
MessagePack: a map of field names in the order of the schema, nothing more and nothing less; the JSON below is the same
message for people, with bytes in base64. Times are nanoseconds of TAI since 1970-01-01T00:00:00 TAI; everything else
is in SI units and radians, as the names say. A message has at most 64,000 bytes; a reader refuses unknown kinds and
fields, values out of range, NaN, and any MessagePack but the one form that is written.

An entry of a log is a DSSE envelope (MessagePack: `payloadType`, `payload`, `signatures` of `keyid` and `sig`) around
one message; its `payloadType` is `application/vnd.jointwatch.message+msgpack`. The schema of all kinds is
[{schema}]({schema}). This page is written by `python -m jointwatch.messages.reference_page docs/reference`.
"""


def page() -> str:
    """Return the reference page in Markdown: each kind's sentence, fields and example, then the parts they share."""
    definitions: dict[str, Any] = json_schema()["$defs"]
    names = {struct.__name__ for struct in kinds().values()}
    parts = [_HEAD.format(count=len(kinds()), schema=SCHEMA), "## In every message\n", inspect.getdoc(Header) or "", ""]
    parts += [_fields(definitions[min(names)], set(Header.__struct_fields__)), ""]
    for kind, struct in kinds().items():
        own = set(struct.__struct_fields__) - set(Header.__struct_fields__)
        parts += [f"## {kind}\n", inspect.getdoc(struct) or "", "", _fields(definitions[struct.__name__], own), ""]
        parts += ["```json", to_json(EXAMPLES[kind], indent=2).decode(), "```", ""]
    parts.append("## Parts of messages\n")
    for name in sorted(set(definitions) - names):
        definition = definitions[name]
        parts += [f"### {name}\n", definition.get("description", ""), "", _fields(definition, None), ""]
    return "\n".join(parts)


def schema_file() -> str:
    """Return the JSON Schema of all kinds as the published file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _fields(definition: dict[str, Any], names: set[str] | None) -> str:
    """Return a table of the fields named (all where none are), in the order they are written."""
    rows = ["| field | holds | default |", "|---|---|---|"]
    for name, field in definition["properties"].items():
        if (name in names) if names is not None else name != "kind":
            need = "" if name in definition["required"] else _default(field)
            rows.append(f"| `{name}` | {_words(field)} | {need} |")
    return "\n".join(rows)


def _default(field: dict[str, Any]) -> str:
    return f"`{json.dumps(field.get('default'))}`"


def _words(field: dict[str, Any]) -> str:
    """Return what a field may hold, in words."""
    if "$ref" in field:
        name: str = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(_words(option) for option in field["anyOf"])
    if "enum" in field:
        return ", ".join(json.dumps(value) for value in field["enum"])
    words = [_sort(field), _bounds(field), field.get("description", "")]
    return ", ".join(word for word in words if word).replace("|", "\\|")


def _sort(field: dict[str, Any]) -> str:
    if field["type"] == "array":
        if "prefixItems" in field:
            return "list of " + " and ".join(_words(item) for item in field["prefixItems"])
        return f"list of {_words(field['items'])}" if field.get("items") else "list"
    if field.get("contentEncoding") == "base64":
        return "bytes"
    names = {"integer": "whole number", "string": "text", "boolean": "true or false"}
    return names.get(field["type"], str(field["type"]))


def _bounds(field: dict[str, Any]) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    if field.get("contentEncoding") == "base64":
        low, high = field["minBytes"], field["maxBytes"]
        return str(low) if low == high else f"{low} to {high}"
    if (low, high) == (None, None):
        return ""
    return f"{low:.10g} to {high:.10g}" if field["type"] == "number" else f"{low} to {high}"


def write(folder: Path) -> None:
    """Write both files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(page(), encoding="utf-8")
    (folder / SCHEMA).write_text(schema_file(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
