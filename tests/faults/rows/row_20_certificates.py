"""Whoever shows no certificate, a wrong one, one that has ended or one of another role is turned away unheard.

Each knocks at the door while a client goes on handing in, announces a body of 4 GiB and sends none of it: the refusal
must come all the same, so nothing of the body can have been looked at.
"""

from __future__ import annotations

import http.client
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jointwatch.centre.configuration import Place
from jointwatch.exchange import roles, tls
from jointwatch.exchange.https.app import BODY_TIME_S
from jointwatch.exchange.keys import fingerprint
from tests.faults.harness import Outcome
from tests.faults.stations import Station, Submitter, caught_up_s, pair, settled

TITLE = "expired, wrong or missing certificate, wrong role"
REQUIRED = "refused before any parsing"
LOG = "moscow/common/notify"
PULL, COSIGN, SUBMIT = "/exchange/v1/pull", "/exchange/v1/cosign", "/centre/v1/submit"
HEALTH, PROOF, POST = "/centre/v1/health", "/centre/v1/proof", "/centre/v1/plots"
MONTH = timedelta(days=30)
WANTED_S = 3 * BODY_TIME_S  # a door that wants a body says 408 by then


@dataclass(frozen=True)
class Visitor:
    """Someone with a certificate, or with none, who wants something that is not for them."""

    what: str
    shows: tls.Identity | None
    path: str = PULL


def run(folder: Path, *, full: bool) -> Outcome:
    refused = list[str]()
    with pair(folder) as (moscow, brussels):
        with Submitter(moscow, LOG, per_second=100) as desk:
            for _ in range(10 if full else 1):
                for visitor in visitors(folder / "visitors", moscow, brussels):
                    knock(moscow, visitor)
                    refused.append(visitor.what)
            ours = tls.Identity("moscow", folder / "visitors" / "ours")
            refused.append(denied_and_let_in_again(moscow, made(ours, folder / "denied", "watcher", "auditor")))
        worst = caught_up_s(brussels, moscow, 5.0)
        assert not desk.errors, desk.errors[0]
        found = settled(moscow, brussels, desk.acknowledged)
    return found.outcome(worst, f"{len(refused):,} visits of {len(set(refused))} kinds, each refused unheard")


def visitors(folder: Path, moscow: Station, brussels: Station) -> Iterator[Visitor]:
    """Yield everyone who must not be let in."""
    shutil.rmtree(folder, ignore_errors=True)
    yield Visitor("no certificate", None)
    yield Visitor("a stranger", tls.ensure_identity(folder / "ankara", "ankara"))
    yield Visitor("a stranger by the partner's name", tls.ensure_identity(folder / "false", "brussels"))
    theirs, ours = authority(folder / "theirs", brussels), authority(folder / "ours", moscow)
    for what, when in (("ended", -MONTH), ("not yet valid", MONTH)):
        shutil.copytree(theirs.directory, folder / what)
        yield Visitor(f"partner, {what}", tls.ensure_identity(folder / what, "brussels", now=datetime.now(UTC) + when))
        client = tls.ensure_client(ours, folder / f"client {what}", "desk", [roles.uri("operator")])
        tls.renew_client(ours, client, now=datetime.now(UTC) + when)
        yield Visitor(f"client, {what}", client, SUBMIT)
    yield Visitor("partner's name by our authority", tls.ensure_client(ours, folder / "n", "brussels", []))
    yield Visitor("our client by the partner's authority", made(theirs, folder / "c", "desk", "operator"), SUBMIT)
    yield Visitor("partner with a role of ours", made(theirs, folder / "p", "brussels", "operator"), SUBMIT)
    for role, paths in {
        "sensor-writer": (PULL, COSIGN, PROOF, POST),
        "sensor": (PULL, COSIGN, PROOF, SUBMIT),
        "operator": (PULL, COSIGN, PROOF),
        "releaser": (PULL, PROOF),
        "auditor": (PULL, COSIGN, SUBMIT),
        "admin": (PULL, COSIGN),
        "peer-reader": (PULL, SUBMIT, HEALTH),
        "none": (PULL, SUBMIT, HEALTH),
    }.items():
        for path in paths:
            yield Visitor(f"{role} at {path}", made(ours, folder / role, "visitor", role), path)


def authority(folder: Path, station: Station) -> tls.Identity:
    """Return a copy of a centre's certificate authority, which issues what the row shows."""
    folder.mkdir(parents=True)
    for name in ("tls-ca.key", "tls-ca.pem"):
        shutil.copy(Place(station.folder).keys / "line" / name, folder)
    return tls.Identity(station.name, folder)


def made(by: tls.Identity, folder: Path, name: str, role: str) -> tls.Identity:
    uris = [] if role == "none" else [roles.uri(role, "armavir" if role in roles.OF_A_SENSOR else "")]
    return tls.ensure_client(by, folder, name, uris)


def knock(station: Station, visitor: Visitor) -> None:
    """Raise AssertionError where a visitor is heard."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if visitor.shows is not None:
        context.load_cert_chain(visitor.shows.leaf)
    status = asked(station, context, visitor.path)
    assert status in (None, 403, 404, 405), f"{visitor.what}: answered {status} at {visitor.path}"


def asked(station: Station, context: ssl.SSLContext, path: str) -> int | None:
    """Return the status with which a request is answered of whose body nothing is sent; None where the line ends."""
    line = http.client.HTTPSConnection(station.host, station.port, context=context, timeout=WANTED_S)
    try:
        line.putrequest("POST", path)
        line.putheader("content-length", str(4 << 30))
        line.endheaders()
        return line.getresponse().status
    except TimeoutError:
        raise AssertionError(f"the door waited for a body at {path}, which it must not want") from None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def denied_and_let_in_again(station: Station, client: tls.Identity) -> str:
    """Return what it was, once a client on the deny list was refused on the connection it had open, and then let in."""
    place = Place(station.folder)
    context = tls.client_context(client, client.authority_pem())
    context.check_hostname = False
    line = http.client.HTTPSConnection(station.host, station.port, context=context, timeout=WANTED_S)
    certificate = client.leaf.read_text().split("-----END PRIVATE KEY-----\n")[-1]
    seen = []
    for listed in ("", fingerprint(ssl.PEM_cert_to_DER_cert(certificate)) + " lost\n", ""):
        place.denied.write_text(listed)
        line.request("GET", HEALTH)
        answer = line.getresponse()
        answer.read()
        seen.append(answer.status)
    line.close()
    assert seen == [200, 403, 200], f"without, with and without the deny list: {seen}"
    return "on the deny list"
