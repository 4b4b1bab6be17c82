"""`jointwatch centre notify` and `centre notices` between two centres in service: told, extended, cancelled, read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import ports
from tests.centre.serving import command, mirrored, opened, serving, wait_for

PLAN = """
[notification]
state = "RU"
vehicle = "missile"
generic_class = "ICBM"
from_utc = "{begin}"
until_utc = "{end}"
site = "Plesetsk"
direction_deg = 62.0
areas = [
  {{ role = "launch", corners_deg = [[62.9, 40.6]], radius_km = 30.0 }},
  {{ role = "impact", corners_deg = [[57.4, 160.9], [57.4, 162.6], [56.5, 162.6]], name = "Kura" }},
]
"""


@pytest.fixture(scope="module")
def centres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("told")
    moscow, brussels = folder / "moscow", folder / "brussels"
    for words in ((moscow, "--state", "RU"), (brussels, "--partner", moscow, "--state", "BE", "--state", "US")):
        made = command("centre", "init", *words, "--no-page", "--listen", f"127.0.0.1:{ports.free()}")
        assert made.returncode == 0, made.stderr
    with serving(moscow), serving(brussels):
        opened(moscow, brussels)
        yield moscow, brussels


def test_a_launch_is_told_in_time_extended_cancelled_and_read_by_the_partner(
    centres: tuple[Path, Path], tmp_path: Path
):
    moscow, brussels = centres
    desk, sheet = moscow, tmp_path / "sheet.toml"
    day = datetime.now(UTC) + timedelta(days=2)
    sheet.write_text(PLAN.format(begin=f"{day:%Y-%m-%dT06:00:00Z}", end=f"{day:%Y-%m-%dT10:00:00Z}"))
    first = f"PLN/RU/{day:%Y}/001/000/01"

    dry = command("centre", "notify", desk, sheet, "--dry-run")
    assert (dry.returncode, "a dry run" in dry.stdout) == (0, True), dry.stderr
    given = command("centre", "notify", desk, sheet)
    assert given.returncode == 0, given.stdout + given.stderr
    assert given.stdout.startswith(f"{first}: RU tells of launch, ICBM")
    assert "obligation toward US, as it is of the class ICBM" in given.stdout

    sheet.write_text(f'[extension]\nof = "{first}"\nuntil_utc = "{day:%Y-%m-%dT18:00:00Z}"')
    assert command("centre", "notify", desk, sheet).returncode == 0
    sheet.write_text(f'[cancellation]\nof = "{first}"\ntext = "Not this week"\nsource = "exercise control"')
    assert command("centre", "notify", desk, sheet).returncode == 0
    again = command("centre", "notify", desk, sheet)
    assert (again.returncode, "was told before" in again.stdout) == (1, True)

    wait_for(lambda: mirrored(moscow, brussels))
    read = command("centre", "notices", brussels / "clients" / "desk")
    assert read.returncode == 0, read.stderr
    assert first in read.stdout
    assert "cancelled" in read.stdout


def test_a_late_notification_is_held_back_unless_wanted_and_then_named_at_the_partner(
    centres: tuple[Path, Path], tmp_path: Path
):
    moscow, brussels = centres
    desk, sheet = moscow / "clients" / "desk", tmp_path / "sheet.toml"
    soon = datetime.now(UTC) + timedelta(hours=2)
    sheet.write_text(PLAN.format(begin=f"{soon:%Y-%m-%dT%H:%M:00Z}", end=f"{soon:%Y-%m-%dT%H:%M:30Z}"))
    held = command("centre", "notify", desk, sheet)
    assert held.returncode == 1
    assert "h before its window begins" in held.stdout
    assert "Nothing was handed in" in held.stdout
    given = command("centre", "notify", desk, sheet, "--anyway")
    assert given.returncode == 0, given.stderr
    wait_for(lambda: mirrored(moscow, brussels))
    read = command("centre", "notices", brussels / "clients" / "desk")
    assert (read.returncode, "wants at least 24 h" in read.stdout.replace("\n", " ")) == (1, True)
    status = command("centre", "status", brussels)
    assert (status.returncode, "wants at least 24 h" in status.stdout.replace("\n", " ")) == (0, True)


def test_what_cannot_be_read_or_found_is_a_sentence(centres: tuple[Path, Path], tmp_path: Path):
    moscow, _ = centres
    sheet = tmp_path / "sheet.toml"
    sheet.write_text('[extension]\nof = "PLN/RU/2020/001/000/01"\nuntil_utc = "2020-01-01T00:00:00Z"')
    missing = command("centre", "notify", moscow / "clients" / "desk", sheet)
    assert (missing.returncode, "there is no notification" in missing.stderr) == (2, True)
    wrong = command("centre", "notify", moscow, sheet, "--by", "nobody")
    assert (wrong.returncode, "say --by desk (operator)" in wrong.stderr.replace("\n", " ")) == (2, True)
    nowhere = command("centre", "notices", tmp_path)
    assert nowhere.returncode == 2
    assert "Traceback" not in nowhere.stderr


def test_official_warnings_are_taken_in_once(centres: tuple[Path, Path], tmp_path: Path):
    moscow, _ = centres
    now, file = datetime.now(UTC), tmp_path / "warnings.json"
    day, given = now + timedelta(days=3), now - timedelta(hours=1)  # of two years, at a year's end
    when = f"0600Z TO 1000Z {day:%d %b %y}".upper()
    text = f"BARENTS SEA.\nROCKETS.\n1. ROCKET LAUNCHING {when}\nWITHIN 30 MILES OF 70-00N 040-00E."
    issued = f"{given:%d%H%MZ %b %Y}".upper()
    row = {"msgYear": str(given.year), "msgNumber": "207", "navArea": "C", "issueDate": issued, "text": text}
    file.write_text(json.dumps([row]))
    taken = command("centre", "warn", moscow, file)
    assert taken.returncode == 0, taken.stderr
    assert f"HYDROARC 207/{given:%y}: 1 windows" in taken.stdout
    assert taken.stdout.endswith("1 warnings, 1 in force and about launchings; 1 handed in.\n")
    again = command("centre", "warn", moscow, file)
    assert again.returncode == 0, again.stderr
    assert "which the centre has already" in again.stdout
