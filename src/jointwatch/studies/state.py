"""Where keys and databases of exercises live: outside every run directory."""

from __future__ import annotations

import os
from pathlib import Path

from jointwatch.studies.scenario import ScenarioError


def state_folder() -> Path:
    """Return XDG_STATE_HOME/jointwatch (else ~/.local/state/jointwatch), made for its owner's eyes only."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    folder = base / "jointwatch"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / ".writable").touch()
    except OSError as error:
        raise ScenarioError(
            f"keys and databases cannot be kept in {folder} ({error.strerror}); set XDG_STATE_HOME to a folder of yours"
        ) from None
    return folder
