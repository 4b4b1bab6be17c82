"""The files of a study are whole or not there; where the disk is full one sentence says so, and what is kept."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
import xarray

from jointwatch.studies.joint.chunk import Plan, chunk
from jointwatch.studies.joint.file import StudyError, parse
from jointwatch.studies.joint.measures import rows
from jointwatch.studies.joint.results import NETCDF, PARQUET, STUDY, write
from tests.studies.joint.test_work import DATA


def test_on_a_full_disk_each_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = DATA.replace(b"count = 1100", b"count = 9")
    plan = Plan(parse(data, where="small"))
    found = list(rows(plan, [chunk(plan, number) for number in range(len(plan))]))
    really = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.suffix == ".nc":
            really(path, content[:100])
            raise OSError(errno.ENOSPC, "No space left on device")
        return really(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StudyError, match=r"results\.nc: cannot be written \(No space left on device\); the chunks are"):
        write(plan, data, found, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([STUDY, PARQUET])
    monkeypatch.undo()
    assert [path.name for path in write(plan, data, found, tmp_path)] == [STUDY, PARQUET, NETCDF]
    with xarray.open_dataset(tmp_path / NETCDF) as grid:
        detected = [row.value for row in found if row.measure == "detected"]
        assert np.nanmax(grid["detected"]) <= 1.0
        assert np.nansum(grid["detected"].sel(end="value")) == pytest.approx(np.nansum(detected))
