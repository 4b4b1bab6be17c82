"""The connection to a NATS server of one's own party, kept up in a thread of its own; TLS 1.3, certificates both ways.

The server is trusted with nothing but who may hear what: frames verify or do not, and none of it is the record. Its
certificate names `SERVER` and comes from the party's own authority, as do those of all who connect; it takes their
names from these (`verify_and_map`). While it cannot be reached nothing is kept for it: who missed something asks again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError

from jointwatch.exchange.carrier import MAX_ANSWER_BYTES, LineCut, TurnedDown
from jointwatch.exchange.nats.client import TALK_S, TlsClient, end_all_others, handed_over, leave, within
from jointwatch.exchange.tls import Identity, client_context

SERVER = "broker"
"""The name that the server's certificate must carry."""

RETRY_S = 0.25
_CODE = "Nats-Service-Error-Code"  # NATS ADR-32; the sentence is in the body
_MAX_WAITING = 1_024  # questions that wait, one of each asker
_CONNECT_S = 6.0
_LOOK_S = 0.1

T = TypeVar("T")
Hear = Callable[[bytes], None]
Reply = Callable[[str, bytes], bytes]
"""From who asks and what, to the answer; raises TurnedAway."""


class TurnedAway(Exception):  # noqa: N818 - reads as what happened
    """What was asked is refused; code is HTTP's word for why."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Broker:
    """The party's NATS server at `host`:`port`, for the one whom `identity` names. Safe from several threads.

    Say what to hear and to answer first, then start it or use it as a context manager. The certificate is read anew at
    every connection.
    """

    def __init__(self, identity: Identity, authority_pem: str, *, host: str = "127.0.0.1", port: int = 4222) -> None:
        self.name, self.at = identity.centre, f"{host}:{port}"
        self._identity, self._authority_pem = identity, authority_pem
        self._hears: dict[str, Hear] = {}
        self._answers: dict[str, Reply] = {}
        self._waiting: dict[str, tuple[Reply, Msg]] = {}
        self._doing: set[Future[Any]] = set()
        self._client: Client | None = None
        self._ended, self._tried = False, threading.Event()
        self._why_not = "not started"
        self._takes_work, self._taking_work = True, threading.Lock()  # what is taken is begun, or ended with the rest
        self._loop, self._asked = asyncio.new_event_loop(), asyncio.Event()
        self._desk = ThreadPoolExecutor(1, "nats-desk")
        self._thread = threading.Thread(target=self._run, name="nats", daemon=True)

    def hear(self, subject: str, heard: Hear) -> None:
        """Have `heard` called with each message on these subjects; it must not block. Before the start."""
        self._hears[subject] = heard

    def answer(self, subject: str, reply: Reply) -> None:
        """Have questions on `subject` answered, the asker's name being its last word; one question of each waits."""
        self._answers[subject] = reply

    @property
    def connected(self) -> bool:
        """Whether the server takes messages."""
        return self._client is not None

    @property
    def cut(self) -> str:
        """Why the server cannot be reached, empty where it can."""
        return "" if self.connected else self._why_not

    def publish(self, subject: str, body: bytes) -> bool:
        """Return whether the server was handed the message; while it cannot be reached nothing is kept."""
        client = self._client
        if client is None:
            return False
        try:
            self._do(handed_over(client, subject, body))
        except (Error, OSError, TimeoutError) as error:
            self._lost(client, error)
            return False
        return True

    def ask(self, subject: str, body: bytes, *, whom: str, timeout_s: float) -> bytes:
        """Return the answer of `whom`; raises LineCut, or TurnedDown in the other's words."""
        self._tried.wait(timeout_s)
        client = self._client
        if client is None:
            raise LineCut(f"{whom} cannot be reached: the NATS server at {self.at}: {self._why_not}")
        try:
            answer = self._do(client.request(subject, body, timeout=timeout_s), timeout_s + 1)
        except NoRespondersError:
            raise LineCut(f"{whom} cannot be reached: nobody answers {subject} at {self.at}") from None
        except (Error, OSError, TimeoutError) as error:
            raise LineCut(f"{whom} cannot be reached over {self.at}: {_words(error)}") from error
        if answer.headers and _CODE in answer.headers:
            raise TurnedDown(f"{whom} answered {answer.headers[_CODE]}: {answer.data[:300].decode(errors='replace')}")
        return answer.data

    def start(self) -> None:
        """Begin to connect, and connect again whenever the server is lost."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up; returns when the thread has ended."""
        self._ended = True
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join(10)
        self._desk.shutdown(cancel_futures=True)

    def __enter__(self) -> Broker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # In the thread

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._keeper = self._loop.create_task(self._keep_connected())
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._keeper)
        with self._taking_work:
            self._takes_work = False
        self._loop.run_until_complete(end_all_others())
        self._loop.close()

    def _cancel(self) -> None:
        self._keeper.cancel()  # made by then

    def _do(self, work: Coroutine[Any, Any, T], timeout_s: float = TALK_S) -> T:
        """Return what a coroutine in the thread comes to."""
        with self._taking_work:
            if not self._takes_work:
                work.close()
                raise OSError("the connection was stopped")
            found = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._doing.add(found)
        try:
            return found.result(timeout_s)
        except CancelledError as error:
            raise OSError("the connection was lost") from error
        finally:
            self._doing.discard(found)
            found.cancel()

    def _lost(self, client: Client, error: Exception) -> None:
        """Give up a connection that takes nothing any more; the keeper makes another."""
        self._why_not = _words(error)
        with self._taking_work:
            if self._takes_work:
                asyncio.run_coroutine_threadsafe(client.close(), self._loop)

    async def _keep_connected(self) -> None:
        while not self._ended:  # nats-py swallows a cancellation here and there
            client = TlsClient()
            try:
                await within(_CONNECT_S, self._connect(client))
                self._client = client
                self._tried.set()
                await self._serve(client)
                self._why_not = _words(client.last_error or EOFError("the server hung up"))
            except (Error, OSError, TimeoutError, ValueError) as error:
                self._why_not = _words(client.last_error or error)
            finally:
                self._tried.set()
                self._give_up()
                await leave(client)
            await asyncio.sleep(RETRY_S * random.uniform(0.5, 1))  # not all at once

    def _give_up(self) -> None:
        """Let whoever waits for something over this connection know that it is gone; what was asked of us is void."""
        self._client = None
        self._waiting.clear()
        for work in tuple(self._doing):
            work.cancel()

    async def _serve(self, client: Client) -> None:
        """Answer until the connection is gone. It is looked at, as nats-py does not always say so."""
        answering = self._loop.create_task(self._answer_all())
        try:
            while client.is_connected and not answering.done():
                await asyncio.sleep(_LOOK_S)
            if answering.done():
                answering.result()
        finally:
            answering.cancel()

    async def _connect(self, client: Client) -> None:
        async def noted(error: Exception) -> None:
            self._why_not = _words(error)

        await client.connect(
            f"nats://{self.at}",
            tls=client_context(self._identity, self._authority_pem),
            tls_hostname=SERVER,
            name=self.name,
            inbox_prefix=inbox(self.name),
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=2,
            ping_interval=2,
            max_outstanding_pings=2,
            pending_size=2 * MAX_ANSWER_BYTES,
            error_cb=noted,
        )
        if client.max_payload < MAX_ANSWER_BYTES:
            raise ValueError(f"it takes {client.max_payload} bytes a message; set its max_payload to 8MB")
        await self._subscribe(client)

    async def _subscribe(self, client: Client) -> None:
        for subject, heard in self._hears.items():
            await client.subscribe(subject, cb=_hearing(heard), pending_bytes_limit=4 * MAX_ANSWER_BYTES)
        for subject, reply in self._answers.items():
            await client.subscribe(subject, cb=self._asking(reply), pending_msgs_limit=_MAX_WAITING)
        await client.flush(2)

    def _asking(self, reply: Reply) -> Callable[[Msg], Coroutine[Any, Any, None]]:
        """Return what puts a question in line: the newest of each asker, so that one who floods keeps out nobody."""

        async def asked(message: Msg) -> None:
            if message.reply and (message.subject in self._waiting or len(self._waiting) < _MAX_WAITING):
                self._waiting[message.subject] = (reply, message)
                self._asked.set()

        return asked

    async def _answer_all(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._waiting:
                reply, message = self._waiting.pop(next(iter(self._waiting)))
                await self._answer_one(reply, message)

    async def _answer_one(self, reply: Reply, message: Msg) -> None:
        headers, asker = None, message.subject.rpartition(".")[2]
        try:
            body = await self._loop.run_in_executor(self._desk, reply, asker, message.data)
        except TurnedAway as refusal:
            headers, body = {_CODE: str(refusal.code)}, str(refusal).encode()
        except Exception as error:  # whatever is wrong at the desk, the asker is told and the connection goes on
            headers, body = {_CODE: "500"}, f"the desk could not answer: {type(error).__name__}".encode()
        if self._client is not None:
            await handed_over(self._client, message.reply, body, headers)


def inbox(name: str) -> str:
    """Return where answers for `name` go: nobody else may listen there."""
    return f"_INBOX.{name}"


def _hearing(heard: Hear) -> Callable[[Msg], Coroutine[Any, Any, None]]:
    async def passed_on(message: Msg) -> None:
        heard(message.data)

    return passed_on


def _words(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip()
