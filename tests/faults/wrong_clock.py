"""`jointwatch`, where libfaketime stands before the clock: `python -m tests.faults.wrong_clock ...`.

libfaketime 0.9.10 refuses the absolute times with which Python sleeps where the monotonic clock is left as it is; a
program that is to have a wrong clock and nothing else sleeps by waiting.
"""

from __future__ import annotations

import threading
import time

if __name__ == "__main__":
    time.sleep = lambda seconds: threading.Event().wait(seconds) and None
    from jointwatch.cli.main import app

    app(prog_name="jointwatch")
