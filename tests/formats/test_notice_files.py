"""Files of warnings: the forms they come in, and what is refused."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.formats.notice_files import read_notices
from jointwatch.formats.refusal import Refusal

TEXT = """ARCTIC.
ROCKETS.
1. HAZARDOUS OPERATIONS 0800Z TO 1100Z DAILY
   06 THRU 08 MAY WITHIN 5 MILES OF 74-00N 073-55E.
"""
ROW = {
    "msgYear": "2014",
    "msgNumber": "46",
    "navArea": "C",
    "subregion": "42",
    "status": "C",
    "authority": "NAVAREA XX 29/14",
    "issueDate": "020620Z MAY 2014",
    "text": TEXT,
}
DAMAGED = (
    b"[",
    b"[1, 2",
    b'{"broadcast-warn": 3}',
    gzip.compress(b"x" * 100, mtime=0)[:40],
    b"\x1f\x8bno",
    b"[" * 9_999,
)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("form", ["lines", "list", "answer", "gzip"])
def test_each_form_is_read(tmp_path: Path, form: str) -> None:
    lines = "\n".join(json.dumps(row) for row in (ROW, ROW | {"msgNumber": 47}))
    content = {
        "lines": lines.encode(),
        "list": json.dumps([ROW, ROW | {"msgNumber": 47}]).encode(),
        "answer": json.dumps({"broadcast-warn": [ROW, ROW | {"msgNumber": 47}]}).encode(),
        "gzip": gzip.compress(lines.encode()),
    }[form]
    first, second = read_notices(written(tmp_path / "notices", content))
    assert (str(first.id), str(second.id)) == ("HYDROARC 46/14", "HYDROARC 47/14")
    assert len(first.says.operations[0].windows) == 3


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"navArea": "Z"}, "navArea must be one of"),
        ({"issueDate": "320620Z MAY 2014"}, "issueDate must be like"),
        ({"issueDate": "020620Z MAI 2014"}, "issueDate must be like"),
        ({"issueDate": "yesterday"}, "issueDate"),
        ({"msgNumber": "-1"}, "msgNumber"),
        ({"text": 5}, "text"),
        ({"text": "A" * 64_001}, "text"),
    ],
)
def test_a_row_that_is_none_is_named(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    path = written(tmp_path / "notices.json", json.dumps([ROW, ROW | change]).encode())
    with pytest.raises(Refusal, match=f"^warning 2: .*{why}"):
        read_notices(path)


@pytest.mark.parametrize("content", DAMAGED)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refusal):
        read_notices(written(tmp_path / "notices", content))


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = written(tmp_path_factory.getbasetemp() / "any", content)
    with contextlib.suppress(Refusal):
        read_notices(path)
