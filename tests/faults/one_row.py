"""Runs one row in this process; the last line printed is its outcome as JSON.

python -m tests.faults.one_row NAME FOLDER [--full]
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from tests.faults import harness


def said(name: str, folder: Path, *, full: bool) -> dict[str, Any]:
    """Return what is to be printed: the outcome, why it failed, or why it cannot run here."""
    harness.full_length = full
    try:
        return dataclasses.asdict(harness.row(name).run(folder, full=full))
    except harness.CannotRun as reason:
        return {"cannot": str(reason)}
    except BaseException as error:
        traceback.print_exc()
        return {"failed": _in_words(error)}


def _in_words(error: BaseException) -> str:
    """Return why it failed; an assertion without a sentence by the line that makes it."""
    if isinstance(error, AssertionError) and not error.args:
        at = traceback.extract_tb(error.__traceback__)[-1]
        return f"{Path(at.filename).name}, line {at.lineno}: {at.line}"
    return str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"


def end_with_the_runner() -> None:
    """Kill this process group once the input ends."""
    while os.read(0, 1):  # not sys.stdin: who ends while another thread reads that aborts
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    if "--watched" in sys.argv:
        threading.Thread(target=end_with_the_runner, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))  # unwinds, so that what was started is stopped
    print("\n" + json.dumps(said(sys.argv[1], Path(sys.argv[2]), full="--full" in sys.argv)), flush=True)
