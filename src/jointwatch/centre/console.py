"""A console of a centre, from the folder that the centre made for it: everything the centre holds, verified here.

The folder may go to any machine that reaches the party's NATS server. The console keeps a replica in it, so that after
a pause it asks only for what is new.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jointwatch.centre.addresses import Address, split
from jointwatch.centre.configuration import CentreName, Fingerprint, Model, Run, parsed
from jointwatch.centre.consoles import FILE
from jointwatch.exchange.follow import Round
from jointwatch.exchange.log import Store
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.nats.broker import Broker
from jointwatch.exchange.nats.console import Console
from jointwatch.exchange.tls import Identity


class ConsoleFile(Model):
    """What console.toml says. nats: where the party's server is; identities: the keys that this console trusts."""

    console: CentreName
    centre: CentreName
    run: Run
    mode: Literal["exercise", "operational"]
    nats: Address
    identities: dict[CentreName, Fingerprint]


@dataclass(frozen=True)
class Pinned:
    """An identity as console.toml names it."""

    fingerprint: str


@contextmanager
def opened(folder: Path, tell: Callable[[Round], None]) -> Iterator[Store]:
    """Hear the centre of this console and have `tell` told of each round, while the block lasts; yield the replica.

    What a round accepted was verified, and comes in the order of its log, each entry once. `tell` is called in a
    thread of its own.
    """
    about = parsed(folder / FILE, ConsoleFile)
    identity = Identity(about.console, folder)
    host, port = split(about.nats)
    stop = threading.Event()
    with Store(folder / "replica" / f"{about.run}.sqlite", run=about.run, owner=about.console) as store:
        broker = Broker(identity, identity.authority_pem(), host=host, port=port)
        console = Console(broker, _mirror(about, store), about.centre, tell)
        thread = threading.Thread(target=console.run, args=(stop,), name="console", daemon=True)
        with broker:
            thread.start()
            try:
                yield store
            finally:
                stop.set()
                thread.join(15)


def _mirror(about: ConsoleFile, store: Store) -> Mirror:
    """Return the replica's guard: every log but internal ones, under the identities pinned; it vouches for nothing."""
    return Mirror(
        store,
        mode=about.mode,
        identities={centre: Pinned(text) for centre, text in about.identities.items()},
        cosign_key=None,
        evidence_folder=store.path.with_suffix(".evidence"),
        may_hold=lambda log: not log.internal,
    )
