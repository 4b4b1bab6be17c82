"""`jointwatch centre serve`, with a point at which it kills itself: `python -m tests.faults.kill_point FOLDER POINT N`.

The points stand in this test alone: what is served is the centre as it is, until it reaches one for the N-th time.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from jointwatch.exchange.log import Store
from jointwatch.exchange.mirror import Mirror

KILL_POINTS = {
    "verified": (Store, "store_mirrored"),  # all checks passed, nothing written
    "stored": (Store, "add_cosignature"),  # written, in a transaction that is still open
    "cosigned": (Mirror, "receipts"),  # durable, the receipt not handed in
    "delivered": (Mirror, "delivered"),  # handed in, not yet forgotten
}


def kill_at(point: str, count: int) -> None:
    """Have this process killed where it reaches a point of mirroring for the `count`-th time."""
    owner, name = KILL_POINTS[point]
    real, left = getattr(owner, name), [count]

    def killed(self: Any, *args: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *args, **more)

    setattr(owner, name, killed)


if __name__ == "__main__":
    kill_at(sys.argv[2], int(sys.argv[3]))
    sys.argv = ["jointwatch", "centre", "serve", sys.argv[1]]
    from jointwatch.cli.main import app

    app()
