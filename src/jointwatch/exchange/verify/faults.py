"""What a verification found wrong: each fault against the file that holds it, the check going on with what it can."""

from __future__ import annotations

from dataclasses import dataclass

from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import MessageRefused


@dataclass(frozen=True, order=True)
class Fault:
    """One file that is not what it must be, and why; its path within the run directory. Of a record: log and place."""

    file: str
    why: str


class Faults:
    """The faults found so far; of one file the first one counts, as the others mostly follow from it."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def add(self, file: str, why: str) -> None:
        """Record that a file is wrong."""
        self._found.setdefault(file, why)

    def known(self, path: str) -> bool:
        """Whether a fault was recorded against a file, or within a folder."""
        return any(file == path or file.startswith(f"{path}/") for file in self._found)

    def against(self, file: str) -> Against:
        """Return a context in which whatever is refused is recorded against this file."""
        return Against(self, file)

    def sorted(self) -> tuple[Fault, ...]:
        """Return all faults, by file."""
        return tuple(Fault(file, why) for file, why in sorted(self._found.items()))


class Against:
    """While it is open, a refusal is a fault of this file and goes no further."""

    def __init__(self, faults: Faults, file: str) -> None:
        self._faults, self._file = faults, file

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refused | MessageRefused | OSError):
            return False
        self._faults.add(self._file, error.sentence if isinstance(error, Refused) else str(error))
        return True
