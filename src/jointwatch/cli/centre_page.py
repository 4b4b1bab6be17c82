"""The page of a centre in service: what people do there (centre.api) and what they look at (display), at one port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jointwatch.centre.addresses import split
from jointwatch.centre.api import assembly, office
from jointwatch.centre.configuration import ConfigurationError
from jointwatch.cli import centre_watched
from jointwatch.cli.entry_text import in_words
from jointwatch.display.feed import Feed
from jointwatch.display.guard import LOCAL_HOSTS, LocalOnly
from jointwatch.display.server import PortInUse, create_app, serve_in_thread

if TYPE_CHECKING:
    from jointwatch.centre.api.office import Journal
    from jointwatch.centre.configuration import Page
    from jointwatch.centre.service import Service


@contextmanager
def opened(service: Service, page: Page, journal: Journal) -> Iterator[None]:
    """Serve the page while the block runs."""
    identities = {name: partner.identity for name, partner in service.known.partners.items()}
    identities[service.known.centre] = service.own_keys.identity
    feed, stop = Feed(centre_watched.run_view(service.known, identities)), threading.Event()
    host, port = split(page.listen)
    hosts = (*LOCAL_HOSTS, host, *page.names)
    shown = create_app(feed, hosts=hosts, sign_in=True)
    desk = office.of(service, journal, in_words)
    whole = LocalOnly(assembly.assembled(desk, shown, secure=page.secure), hosts=hosts)
    try:
        serving = serve_in_thread(whole, port, host=host, certificate=_certificate(service.place.folder, page))
    except (PortInUse, PermissionError):
        raise ConfigurationError(f"page.listen: {page.listen} is taken, or not ours to open; name another") from None
    address = serving.url.replace(f"//{host}:", f"//{page.names[0]}:") if page.names else serving.url
    journal("page", f"{service.known.centre} shows its page at {address}", address=address)
    watching = threading.Thread(
        target=centre_watched.keep_shown,
        args=(service, feed, stop, lambda text: journal("page", text)),
        name="shown",
        daemon=True,
    )
    watching.start()
    try:
        yield
    finally:
        stop.set()
        serving.stop()
        watching.join(15)


def _certificate(folder: Path, page: Page) -> tuple[Path, Path] | None:
    """Return the files of the page's certificate and key; a relative name begins at the centre's folder."""
    if page.certificate is None or page.key is None:
        return None
    files = folder / page.certificate, folder / page.key
    for path in files:
        if not path.is_file():
            raise ConfigurationError(f"page: {path} is not there")
    return files
