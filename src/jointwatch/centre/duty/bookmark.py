"""Where the watch was, put down now and then: what it knew at a place of its record, so that a start hears little.

A bookmark spares time and decides nothing: what it holds follows from the record, and without one the record is heard
from its beginning. It is signed by the centre's desk, of one version of this code, and of this very record up to its
place; any other is as good as none (decision 0020).
"""

from __future__ import annotations

import hashlib
import io
import pickle
import platform
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import jointwatch
from jointwatch.centre.duty.course import Cursor, Place
from jointwatch.centre.duty.hearing import Duty
from jointwatch.exchange import dsse, whole_file
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.refused import Refused
from jointwatch.tracking.known import Known

PAYLOAD_TYPE = "application/vnd.jointwatch.watch"
FOREIGN = {
    ("msgspec._utils", "rebuild"),  # a message, of a class that is looked up here too
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("collections", "Counter"),
    ("collections", "OrderedDict"),
    ("collections", "deque"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}
_KNOWN = "known satellites"  # stands for the catalogue, which is read from its own file


class Bookmark:
    """The file of a centre's bookmark. keys: the desk keys of the centre, of which the last signs.

    made_of: the values that the watch is made with; a bookmark of a watch made with others is none.
    """

    def __init__(
        self, path: Path, keys: Callable[[], tuple[SigningKey, ...]], known: Known | None, made_of: object = ()
    ) -> None:
        self.path, self._keys, self._known = path, keys, known
        self._of = f"{version()} {hashlib.sha256(repr(made_of).encode()).hexdigest()}"

    def write(self, place: Place, duty: Duty) -> None:
        """Put down what is known at a place."""
        written = io.BytesIO()
        _Writer(written, self._known).dump((self._of, place, duty))
        signed = dsse.sign(PAYLOAD_TYPE, written.getvalue(), [self._keys()[-1]])
        whole_file.write(self.path, signed.encode(), mode=0o600)

    def read(self, fits: Callable[[Place], bool]) -> tuple[Cursor, Duty] | None:
        """Return where it was put, and what was known there; None where there is none that holds and fits."""
        try:
            envelope = dsse.parse(self.path.read_bytes())
            dsse.verify(envelope, [key.public for key in self._keys()])
            if envelope.payload_type != PAYLOAD_TYPE:
                return None
            of, place, duty = _Reader(io.BytesIO(envelope.payload), self._known).load()
        except (OSError, Refused, pickle.UnpicklingError, AttributeError, ImportError, ValueError, TypeError):
            return None
        return (place.cursor, duty) if of == self._of and fits(place) else None


class _Writer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, known: Known | None) -> None:
        super().__init__(file, protocol=5)
        self._known = known

    def persistent_id(self, obj: Any) -> str | None:
        return _KNOWN if obj is not None and obj is self._known else None


class _Reader(pickle.Unpickler):
    """Makes nothing but arrays, containers and objects of our own classes."""

    def __init__(self, file: io.BytesIO, known: Known | None) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, pid: Any) -> Known:
        if pid != _KNOWN or self._known is None:
            raise pickle.UnpicklingError(f"it stands for {pid}, which is not here")
        return self._known

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in FOREIGN:
            return super().find_class(module, name)
        found = super().find_class(module, name) if module.partition(".")[0] == "jointwatch" else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a bookmark")
        return found


@cache
def version() -> str:
    """Return what tells one version of this code, and of what computes for it, from every other."""
    root = Path(jointwatch.__file__).parent
    parts = [path.read_bytes() for path in sorted(root.rglob("*.py"))]
    about = f"{platform.python_version()} {np.__version__}".encode()
    return hashlib.sha256(b"".join([about, *parts])).hexdigest()
