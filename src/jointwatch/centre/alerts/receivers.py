"""The table [alerts] of centre.toml: whom a centre alerts, where, and whether it is meant.

[alerts]
sender = "alerts@moscow.example"

[alerts.receivers.civil-protection]
address = "https://alerts.example.org/cap"
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from jointwatch.centre.strict import Model

_HOST = r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
_PORT = r":(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_WEB = rf"https?://{_HOST}(?:{_PORT})?(?:/[!$-;=?-Z_a-z~]{{0,1024}})?"
_ADDRESS = re.compile(rf"{_WEB}|tak\+t(?:ls|cp)://{_HOST}{_PORT}")


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(
            'wanted "https://host/path" or "tak+tls://host:port", plain http and tak+tcp with inner = true; '
            f"it is {text!r}"
        )
    return text


ReceiverName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
ReceiverAddress = Annotated[str, AfterValidator(_address)]
FileName = Annotated[str, Field(pattern=r"^[^\x00]{1,1024}$")]


class Receiver(Model):
    """Someone whom the centre alerts. address: https:// takes CAP, tak+tls:// Cursor on Target.

    inner: an address in the centre's own network, where http:// and tak+tcp:// may be used too. authority, certificate:
    files in the centre's folder: who vouches for the receiver, and what the centre shows to it.
    """

    address: ReceiverAddress
    inner: bool = False
    authority: FileName | None = None
    certificate: FileName | None = None

    @model_validator(mode="after")
    def _in_the_clear_at_home(self) -> Receiver:
        if self.address.startswith(("http://", "tak+tcp://")) and not self.inner:
            raise ValueError("address: in the clear only in the own network, with inner = true; else https, tak+tls")
        return self


class Receivers(Model):
    """Whom the centre alerts of launches, under which name, and whether it is meant."""

    status: Literal["Exercise", "Test", "Draft", "Actual"] = "Exercise"
    sender: Annotated[str, Field(pattern=r"^[^\s,<&]{1,200}$")] | None = None
    receivers: dict[ReceiverName, Receiver] = Field(default={}, max_length=64)
