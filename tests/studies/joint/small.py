"""Small studies as the text of their files: a head, launches from Iran, and what a test gives between the two."""

from __future__ import annotations

import json


def small(
    sections: str,
    *,
    title: str = "one radar",
    summary: str = "",
    count: int,
    seed: int = 1,
    to: tuple[str, ...] = ("turkey",),
    vehicle: str = "mrbm-solid-2stage",
) -> str:
    """Return the file of a study that is called small."""
    return f"""
name = "small"
title = {json.dumps(title)}
summary = {json.dumps(summary)}
count = {count}
seed = {seed}
{sections.strip()}
[[launches]]
from = "iran"
to = {json.dumps(to)}
vehicles = ["{vehicle}"]
"""
