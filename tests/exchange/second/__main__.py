"""Check a run directory: `cd tests/exchange && python -m second RUN_DIR [centre=SHA256:... ...]`."""

from __future__ import annotations

import sys
from pathlib import Path

from .directories import check_run
from .messages import fingerprint
from .wrong import Wrong

trust = dict(pin.split("=", 1) for pin in sys.argv[2:])
try:
    keys = check_run(Path(sys.argv[1]), trust or None)
except Wrong as wrong:
    sys.exit(f"not verified: {wrong}")
for centre, held in keys.items():
    print(centre, fingerprint(held.rosters[0]["identity"]))
print("verified, identities as pinned" if trust else "consistent, identity not checked")
