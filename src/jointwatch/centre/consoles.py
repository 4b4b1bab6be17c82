"""What a centre does for its consoles: files for its party's NATS server and for each of them, and telling them news.

The server is started by whoever runs the party's machines: `nats-server -c DIR/clients/broker/nats.conf`. Until it is
there, and whenever it is not, the centre serves as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jointwatch.centre.addresses import split
from jointwatch.centre.configuration import Configuration, ConfigurationError, Nats, Place
from jointwatch.exchange import roles, tls, whole_file
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.log import Store
from jointwatch.exchange.tls import Identity

if TYPE_CHECKING:
    from jointwatch.exchange.nats.broker import Broker

FILE = "console.toml"


def prepare(place: Place, known: Configuration, nats: Nats, line: Identity, identities: Mapping[str, str]) -> Path:
    """Return the NATS server's configuration file, once it and all the certificates are there and have time to go.

    identities: centre -> fingerprint, what the consoles are to pin. A server that runs reads a new certificate when it
    is told to: `nats-server --signal reload`.
    """
    from jointwatch.exchange.nats import settings as broker_settings
    from jointwatch.exchange.nats.broker import SERVER

    server = _issued(line, place.clients / SERVER, SERVER, [])
    for name in nats.consoles:
        console = _issued(line, place.clients / name, name, [roles.uri("console")])
        text = _console_file(known, nats, name, identities)
        whole_file.write(console.directory / FILE, text.encode())
    users = [broker_settings.centre_user(known.run, known.centre)]
    users += [broker_settings.reader_user(known.run, known.centre, name) for name in nats.consoles]
    host, port = split(nats.address)
    authority = server.directory / "tls-ca.pem"
    text = broker_settings.settings(users, certificate=server.leaf, authority=authority, host=host, port=port)
    return whole_file.write(server.directory / "nats.conf", text.encode())


@contextmanager
def telling(nats: Nats, line: Identity, store: Store, keys: Callable[[str], Keyrings]) -> Iterator[Broker]:
    """Tell consoles what is new in the record, while the block lasts; yield the connection over which it goes."""
    from jointwatch.exchange.nats.broker import Broker
    from jointwatch.exchange.nats.fanout import Fanout

    host, port = split(nats.address)
    broker = Broker(line, line.authority_pem(), host=host, port=port)
    with Fanout(broker, store, keys):
        yield broker


def need_extra(file: Path) -> None:
    """Raise ConfigurationError where the client for NATS, which `file` asks for, is not installed."""
    if find_spec("nats") is None:
        raise ConfigurationError(
            f"{file}: nats: needs the client for NATS; install it with: pip install 'jointwatch[nats]'"
        )


def _issued(line: Identity, folder: Path, name: str, uris: list[str]) -> Identity:
    """Return the files of a name under the centre's authority, issued anew at two thirds of their life."""
    if tls.renewal_due(Identity(name, folder)):
        tls.ensure_client(line, folder, name, uris)
    return Identity(name, folder)


def _console_file(known: Configuration, nats: Nats, name: str, identities: Mapping[str, str]) -> str:
    pinned = "".join(f'{centre} = "{fingerprint}"\n' for centre, fingerprint in sorted(identities.items()))
    return (
        f"# The console {name} of {known.centre}; this folder is private to it.\n"
        f'console = "{name}"\ncentre = "{known.centre}"\nrun = "{known.run}"\nmode = "{known.mode}"\n'
        f'nats = "{nats.address}"\n\n[identities]\n{pinned}'
    )
