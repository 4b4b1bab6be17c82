"""`jointwatch report` of a study, from its chunks alone; what is missing is one sentence."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pypdf
import pytest

from jointwatch.display.study import sheets
from jointwatch.studies.joint import work
from tests.cli.test_study_report import SMALL

NO_FLIGHT = "a flight was flown again"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small study that was worked through; two chunks of 500 pairs."""
    out = tmp_path_factory.mktemp("kept")
    (out / "study.toml").write_text(SMALL.replace("count = 30", "count = 501"))
    list(work.work_through((out / "study.toml").read_bytes(), out))
    return out


@pytest.fixture
def folder(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, and no chunk is made any more."""

    def refuse(*_: object) -> bytes:
        raise AssertionError(NO_FLIGHT)

    monkeypatch.setattr(work, "chunk", refuse)
    return Path(shutil.copytree(kept, tmp_path / "kept"))


def test_a_kept_study_is_drawn_again_as_the_study_command_draws_it(jointwatch, folder: Path) -> None:
    code, said, told = jointwatch("report", folder)
    assert (code, said.strip()) == (0, str(folder / "report.html")), told
    drawn = (folder / "report.html").read_bytes()
    code, _, told = jointwatch("study", folder / "study.toml", "--out", folder, "--workers", "1")
    assert code == 0, told
    assert (folder / "report.html").read_bytes() == drawn


def test_a_kept_study_is_set_as_pdf_where_it_is_wanted(jointwatch, folder: Path, tmp_path: Path) -> None:
    code, _, told = jointwatch("report", folder, "--format", "pdf", "--out", tmp_path / "one.pdf")
    assert code == 0, told
    metadata = pypdf.PdfReader(io.BytesIO((tmp_path / "one.pdf").read_bytes())).metadata
    assert metadata is not None
    assert metadata.title == "One radar <more>"


def test_what_is_missing_is_one_sentence(jointwatch, folder: Path, tmp_path: Path) -> None:
    def told(*arguments: object) -> str:
        code, said, error = jointwatch("report", *arguments)
        assert (code, said, error.count("\n")) == (2, "", 1)
        return error

    first, second = sorted((folder / "chunks").iterdir())
    second.write_bytes(b"damaged")
    assert f"{second}: was kept and is gone or damaged" in told(folder)
    first.unlink()
    assert "1 of 2 chunks of the study are not kept there" in told(folder)
    (folder / "study.toml").write_text("name = 1")
    assert "study.toml: name" in told(folder)
    assert "neither run.json nor study.toml is in it" in told(tmp_path / "nowhere")


def test_a_report_that_cannot_be_written_says_where_and_leaves_nothing(
    jointwatch, folder: Path, tmp_path: Path
) -> None:
    code, _, told = jointwatch("report", folder, "--out", tmp_path / "no" / "folder.html")
    assert code == 2
    assert "folder.html: cannot be written (No such file or directory); give another --out" in told


def test_without_typst_a_pdf_is_refused(jointwatch, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "find_spec", lambda name: None)
    code, _, told = jointwatch("report", folder, "--format", "pdf")
    assert code == 2
    assert "pip install 'jointwatch[pdf]'" in told
    assert not (folder / "report.pdf").exists()
