"""Where a door is: a host and a port, as centres' files and partners' cards say it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HOST_AND_PORT = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5})")


def _address(text: str) -> str:
    # nothing else: a partner's card brings it, and it is written into centre.toml
    found = _HOST_AND_PORT.fullmatch(text)
    if not (found and int(found[1]) < 65_536):
        raise ValueError(f'wanted "host:port", such as "127.0.0.1:8701"; it is {text!r}')
    return text


Address = Annotated[str, AfterValidator(_address)]


def split(address: str) -> tuple[str, int]:
    """Return host and port of an address.

    >>> split("127.0.0.1:8701")
    ('127.0.0.1', 8701)
    """
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
