"""The one schema of all files of the catalogue, as JSON Schema, and the reference page that goes with it.

`python -m jointwatch.catalogue.schema docs/reference` writes both; a test fails when they are out of date.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import GenericAlias
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, create_model

from jointwatch.catalogue import fact
from jointwatch.catalogue.agreements import AGREEMENTS, AgreementEntry
from jointwatch.catalogue.architectures import ARCHITECTURES, ArchitectureEntry
from jointwatch.catalogue.boost_priors import PRIORS, BoostPriorEntry
from jointwatch.catalogue.events import (
    LAUNCHES,
    STATEMENTS,
    LaunchEntry,
    StatementEntry,
)
from jointwatch.catalogue.interceptor_sites import INTERCEPTOR_SITES, InterceptorSiteEntry
from jointwatch.catalogue.news_systems import NEWS_SYSTEMS, NewsSystemEntry
from jointwatch.catalogue.places import CENTRES, SITES, CentreEntry, SiteEntry
from jointwatch.catalogue.radar_entries import MODELS, RADARS, Performance, RadarEntry
from jointwatch.catalogue.regions import REGIONS, RegionEntry
from jointwatch.catalogue.vehicles import VEHICLES, VehicleEntry

FILES: Mapping[str, type[BaseModel]] = {
    RADARS: RadarEntry,
    MODELS: Performance,
    SITES: SiteEntry,
    INTERCEPTOR_SITES: InterceptorSiteEntry,
    NEWS_SYSTEMS: NewsSystemEntry,
    CENTRES: CentreEntry,
    REGIONS: RegionEntry,
    VEHICLES: VehicleEntry,
    LAUNCHES: LaunchEntry,
    ARCHITECTURES: ArchitectureEntry,
    AGREEMENTS: AgreementEntry,
    STATEMENTS: StatementEntry,
    PRIORS: BoostPriorEntry,
    "sources.toml": fact.Source,
}
"""Each file of the catalogue with the model of its entries."""

PAGE, SCHEMA = "catalogue.md", "catalogue.schema.json"

_HEAD = """# Catalogue

The sourced facts, in TOML files inside the package. A file is a table of entries by name; an entry has plain words
(`title`, `operator`) and *facts*. A fact is one quantity with its unit in the key, every claim about it, and which
claim is taken by default, with the reason:

```toml
beam_deg.default = "arrl"
beam_deg.reason = "goes with the gain, from the same page"
beam_deg.claims.arrl = {{ value = 2.2, source = "arrl-beale-2018", tag = "seen", note = "said of the twin at Beale" }}
beam_deg.claims.catalogue = {{ value = 2.0, source = "keeptrack", tag = "seen-2nd" }}
instrumented_range_km.claims.ria = {{ value = 4000.0, rcs_m2 = "not stated", source = "ria-2008-2011", tag = "seen" }}
```

A claim names its source in `sources.toml`, where claimant, title and date stand; claimant and date of a claim replace
them where someone is quoted. A range says for which radar cross-section it was quoted, or `"not stated"`. A value
tagged {ours} is an assumption: nobody was seen to claim it, its `note` says what it rests on, and it is shown as an
assumption wherever it is used. The schema of all files is [{schema}]({schema}), an object with one property a file; the
reader uses the same models and names file and key of whatever it refuses. This page is written by
`python -m jointwatch.catalogue.schema docs/reference`.

## Tags

| tag | how the value was come by |
|---|---|
| `seen` | read in its source |
| `seen-2nd` | read in a work that names its source |
| `seen-part` | read in its source, which was cut off there |
| `recalled` | background knowledge only |
| `computed` | computed from stated inputs |
| `inferred` | concluded from what was read, not stated there |
"""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the whole catalogue: an object with one property for each file."""
    fields: dict[str, Any] = {
        file.removesuffix(".toml"): (GenericAlias(dict, (str, model)), Field(default_factory=dict))
        for file, model in FILES.items()
    }
    whole = create_model("Catalogue", __config__=ConfigDict(extra="forbid"), **fields)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole.model_json_schema()}


def schema_file() -> str:
    """Return the JSON Schema as the published file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def page() -> str:
    """Return the reference page in Markdown: how a fact is written, the tags, and the keys of every file."""
    ours = ", ".join(f"`{tag}`" for tag in get_args(fact.Tag) if tag in fact.OURS)
    parts = [_HEAD.format(ours=ours, schema=SCHEMA)]
    for file, model in FILES.items():
        parts += [f"## {file}\n", inspect.getdoc(model) or "", "", *_keys(model), ""]
    return "\n".join(parts)


def _keys(model: type[BaseModel]) -> list[str]:
    """Return a table of a model's keys: the unit of a fact, or the kind of a plain value, and if it must be there."""
    rows = ["| key | unit or kind | |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        kind = fact.unit_of(name) or _kind(field.annotation)
        rows.append(f"| `{name}` | {kind} | {'required' if field.is_required() else ''} |")
    return rows


def _kind(annotation: Any) -> str:
    text = str(annotation)
    if "Fact[" in text and "dict" not in text:
        return "no unit"
    return "table" if "dict" in text else "yes or no" if "bool" in text else "text"


def write(folder: Path) -> None:
    """Write page and schema into a folder."""
    (folder / PAGE).write_text(page(), encoding="utf-8")
    (folder / SCHEMA).write_text(schema_file(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
