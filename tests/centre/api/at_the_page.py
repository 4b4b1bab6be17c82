"""A centre in service in this process, its people, and a browser's end of the line to its page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from starlette.responses import PlainTextResponse

from jointwatch.centre import founding
from jointwatch.centre.api import app, assembly, office, people
from jointwatch.centre.api.office import Office
from jointwatch.centre.api.people import Person
from jointwatch.centre.service import Service
from jointwatch.cli.entry_text import in_words
from jointwatch.display.listen import serve_in_thread
from jointwatch.exchange import tls
from tests.centre import serving

PASSWORD = "a long enough password"
ANSWER_S = 60.0  # httpx by itself waits five, which a machine with much to do may take
PEOPLE = (
    Person("ivanova", "watch-officer"),
    Person("orlov", "watch-officer"),
    Person("petrov", "analyst"),
    Person("ngo", "auditor"),
)


class Browser(httpx.Client):
    """A browser at the page: it keeps its cookie, and sends the guard with what changes anything."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=f"{url}api/v1", trust_env=False, timeout=ANSWER_S)

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """The answer to a sign-in."""
        answer = self.post("/session", json={"name": name, "password": password})
        self.headers[app.GUARD] = answer.json().get("guard", "")
        return answer

    def act(self, name: str, **form: Any) -> httpx.Response:
        """The answer to an act."""
        return self.post(f"/acts/{name}", json=form)


@dataclass
class Page:
    """A centre in service and its page. told: what the centre has written down of what happens."""

    service: Service
    office: Office
    url: str
    told: list[dict[str, Any]]

    @contextmanager
    def browser(self, name: str | None = None) -> Iterator[Browser]:
        """A browser that has not been here before; signed in where a name is given."""
        with Browser(self.url) as browser:
            if name is not None:
                assert browser.sign_in(name).status_code == 200
            yield browser

    def sizes(self) -> dict[str, int]:
        """How long each log is, but for what the centre itself writes down."""
        store = self.office.store
        return {str(log): store.size(log) for log in store.logs() if log.klass != "record"}


@contextmanager
def manned(folder: Path, *, partner: str | None = "brussels") -> Iterator[Page]:
    """A centre that serves, with people who may sign in; its partner is pinned and never answers."""
    clients = [founding.Client("operator", "desk"), *(founding.Client(one.role, one.name) for one in PEOPLE)]
    founding.found(folder, run="r", mode="exercise", listen=serving.address(), clients=clients)
    if partner:
        _pin(folder, partner)
    with mock.patch.multiple(people, OPS=1, MEMORY_BYTES=8192):  # what a password costs is not what is tried here
        service = Service(folder, lambda text: None, without=(partner,) if partner else ())
        try:
            for person in PEOPLE:
                people.add(service.place, person, PASSWORD, service.own_keys)
            with served(service) as page:
                yield page
        finally:
            service.close()


@contextmanager
def served(service: Service) -> Iterator[Page]:
    """The page of a centre in service; what is shown behind the gate is a word."""
    told: list[dict[str, Any]] = []
    desk = office.of(service, lambda event, text, **values: told.append({"event": event, **values}), in_words)
    page = serve_in_thread(assembly.assembled(desk, PlainTextResponse("the picture"), secure=False))
    try:
        yield Page(service, desk, page.url, told)
    finally:
        page.stop()


def _pin(folder: Path, name: str) -> None:
    authority = tls.ensure_identity(folder.parent / f"{name}-line", name).authority_pem()
    text = (folder / "centre.toml").read_text()
    text += (
        f'\n[partners.{name}]\nidentity = "SHA256:{"a" * 43}"\naddress = "127.0.0.1:9"\n'
        f"certificate = '''\n{authority}'''\n"
    )
    (folder / "centre.toml").write_text(text)
