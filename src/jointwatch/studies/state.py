"""Where keys and databases of exercises live: outside every run directory."""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path:
    """Return XDG_STATE_HOME/jointwatch (else ~/.local/state/jointwatch), made for its owner's eyes only."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = base / "jointwatch"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
