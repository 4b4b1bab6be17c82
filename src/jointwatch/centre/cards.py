"""Cards: what one centre hands another so that they can meet, and how the other pins it.

A card is public. It holds the centre's roster log, which begins under its identity; the roster names the authority
that issues the centre's certificates. So one fingerprint, told by another way than the card, vouches for all of it. The
address is only where to knock: whoever opens there must still show a certificate of that authority.
"""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from jointwatch.centre import configuration
from jointwatch.centre.addresses import Address
from jointwatch.centre.configuration import (
    CentreName,
    Configuration,
    ConfigurationError,
    Model,
    Place,
    Run,
    States,
)
from jointwatch.exchange import whole_file
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.refused import Refused


class Card(Model):
    """What card.toml says. states: for which the centre speaks; rosters: the entries of its roster log, in base64."""

    centre: CentreName
    run: Run
    mode: str
    address: Address
    states: States = Field(default_factory=list)
    rosters: list[str]


def write(place: Place, known: Configuration, rosters: Sequence[bytes]) -> None:
    """Keep a centre's card beside its other files."""
    entries = "".join(f"  '''\n{base64.encodebytes(entry).decode()}''',\n" for entry in rosters)
    text = (
        f"# What a partner needs to know {known.centre}. Public; tell it the fingerprint by another way.\n"
        f'centre = "{known.centre}"\nrun = "{known.run}"\nmode = "{known.mode}"\naddress = "{known.listen}"\n'
        f"{configuration.states_line(known.states)}rosters = [\n{entries}]\n"
    )
    whole_file.write(place.card, text.encode())


def read(path: Path) -> Card:
    """Return the card in a file, or that of a centre's folder."""
    return configuration.parsed(Place(path).card if path.is_dir() else path, Card)


def keys(card: Card, *, pinned: str | None = None) -> Keyrings:
    """Return the keys that a card's roster names, under the identity that is pinned where one is."""
    known = Keyrings(card.centre, card.run, card.mode, pinned)
    try:
        for text in card.rosters:
            known = known.learn(base64.b64decode("".join(text.split()), validate=True))
        return known
    except (binascii.Error, Refused) as error:
        raise ConfigurationError(f"the card of {card.centre} does not hold: {error}") from None


def pin(place: Place, card: Card, fingerprint: str) -> None:
    """Write a partner into centre.toml: its card, under a fingerprint that came by another way."""
    known = configuration.read(place.folder)
    for what in ("run", "mode"):
        ours, theirs = getattr(known, what), getattr(card, what)
        if ours != theirs:
            raise ConfigurationError(
                f"{card.centre} is of the {what} {theirs!r} and {known.centre} of {ours!r}; partners share both"
            )
    if card.centre in known.partners:
        raise ConfigurationError(f"{place.configuration}: {card.centre} is pinned already; take it out there first")
    ring = keys(card, pinned=fingerprint).rings[-1]
    authority = ssl.DER_cert_to_PEM_cert(ring.certificate_authority(ring.roster.logged_tai_ns))
    text = place.configuration.read_text().rstrip("\n")
    section = (
        f'\n\n[partners.{card.centre}]\nidentity = "{fingerprint}"\naddress = "{card.address}"\n'
        f"{configuration.states_line(card.states)}"
        f"certificate = '''\n{authority}'''\n"
    )
    whole_file.write(place.configuration, (text + section).encode())
