"""nats-py, mended where a server that is hostile or gone would be trusted or waited for.

By itself it speaks in clear to a server that does not ask for TLS, holds whatever length a server announces, and does
not always end what a lost connection had going on. Its insides are reached into here and nowhere else; the tests
(`tests/exchange/test_broker.py`) notice a later version of it that differs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.errors import ProtocolError
from nats.protocol.parser import Parser

from jointwatch.exchange.carrier import MAX_ANSWER_BYTES

TALK_S = 5.0  # for handing the server one message
_LEAVE_S = 1.0
_MAX_READ_BYTES = MAX_ANSWER_BYTES + (64 << 10)
_MAX_UNREAD_BYTES = 1 << 20  # more is not handed to a server that does not read: what is urgent comes soon after

T = TypeVar("T")


class _BoundedParser(Parser):
    """NATS's parser, which alone would hold whatever length a server announces."""

    async def parse(self, data: bytes = b"") -> None:
        await super().parse(data)
        if max(self.needed, len(self.buf)) > _MAX_READ_BYTES:
            raise ProtocolError


class TlsClient(Client):
    """NATS's client, which alone would speak in clear to a server that does not ask for TLS."""

    def __init__(self) -> None:
        super().__init__()
        self._ps = _BoundedParser(self)

    def _connect_command(self) -> bytes:
        """Called once TLS stands, if it is to; nothing was sent before."""
        if not self._server_info.get("tls_required"):
            raise ConnectionRefusedError("the NATS server does not ask for TLS; nothing is said in clear")
        return super()._connect_command()

    def abort(self) -> None:
        """Drop the connection at once, if it is still there."""
        writer = getattr(self._transport, "_io_writer", None)
        if writer is not None:
            writer.transport.abort()


async def handed_over(client: Client, subject: str, body: bytes, headers: dict[str, str] | None = None) -> None:
    """Return once the server has been given the message; what it has not read yet stays below `_MAX_UNREAD_BYTES`."""
    if client.pending_data_size > _MAX_UNREAD_BYTES:
        await client.flush(int(TALK_S))
    await client.publish(subject, body, headers=headers)


async def within(limit_s: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work comes to; raise TimeoutError when it is late, also where it does not let itself be ended."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=limit_s)
    finally:
        task.cancel()
    if not done:
        raise TimeoutError(f"not done within {limit_s:g} s")
    return task.result()


async def leave(client: TlsClient) -> None:
    """Close a connection and all that it had going on, whatever state nats-py left it in, also when told to end."""
    try:
        with contextlib.suppress(Exception):
            await within(_LEAVE_S, client.close())
        await end_all_others()
    finally:
        client.abort()


async def end_all_others() -> None:
    """End every other task of this loop, as far as they let themselves be ended."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_LEAVE_S)


def _unlike_eof(record: logging.LogRecord) -> bool:
    """Leave out what asyncio says each time that a connection ends which nats-py has upgraded to TLS."""
    return not record.getMessage().startswith("returning true from eof_received()")


logging.getLogger("asyncio").addFilter(_unlike_eof)
