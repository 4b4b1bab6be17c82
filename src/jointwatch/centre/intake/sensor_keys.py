"""Keys with which a centre signs for sensors that cannot: one for each, which speaks for that sensor and nothing else.

They lie in `keys/sensors/NAME` as 1.pem, 2.pem and so on; the roster says which of them holds at what time. So what
came in by a stolen certificate is marked by giving up one sensor's key, and no other word of the centre's is touched.
"""

from __future__ import annotations

from pathlib import Path

from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.keys import SigningKey, read_key
from jointwatch.exchange.refused import Refused

FOLDER = "sensors"
RULE = "jointwatch sensor keys"


def new_file(keys: Path, name: str) -> Path:
    """Return where the next key of a sensor goes: behind those there are."""
    return keys / FOLDER / name / f"{len(_files(keys, name)) + 1}.pem"


class SensorKeys:
    """The keys in a centre's folder, read when they are first wanted, and again where none of those known holds."""

    def __init__(self, keys: Path) -> None:
        self._keys = keys
        self._read: dict[str, list[SigningKey]] = {}

    def key(self, name: str, own: Keyrings, tai_ns: int) -> SigningKey:
        """Return the key that speaks for a sensor at a time; raises Refused where the centre holds none."""
        valid = own.at(tai_ns).keys(f"sensor:{name}", tai_ns)
        for held in (self._read.get(name, []), self._again(name)):
            found = [key for key in held if key.public in valid]
            if found:
                return found[-1]
        raise Refused(
            RULE,
            f"no key that this centre holds speaks for the sensor {name} now; officers enrol one by "
            f"`jointwatch centre keys draft DIR --enrol sensor:{name}`",
        )

    def _again(self, name: str) -> list[SigningKey]:
        self._read[name] = [read_key(path) for path in _files(self._keys, name)]
        return self._read[name]


def _files(keys: Path, name: str) -> list[Path]:
    """Return the files of a sensor's keys, oldest first."""
    found = [path for path in (keys / FOLDER / name).glob("*.pem") if path.stem.isdigit()]
    return sorted(found, key=lambda path: int(path.stem))
