"""One test for each cell of the table of roles: what is in it is permitted, what is not is denied before it is read."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from jointwatch.centre import founding
from jointwatch.centre.client import CentreLine
from jointwatch.centre.counter import Submission
from jointwatch.centre.service import Service
from jointwatch.exchange import roles, tls
from jointwatch.exchange.carrier import WIRE_VERSION, Cosignatures, Pull
from jointwatch.messages.act import Act
from jointwatch.messages.encoding import Message
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.incident import Incident
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release_policy import ReleasePolicy
from tests.centre import serving

ACTIONS = {
    "partner health": ("GET", "/exchange/v1/health"),
    "pull": ("POST", "/exchange/v1/pull"),
    "cosign": ("POST", "/exchange/v1/cosign"),
    "health": ("GET", "/centre/v1/health"),
    "submit plots": ("POST", "/centre/v1/submit"),
    "submit words": ("POST", "/centre/v1/submit"),
    "submit policies": ("POST", "/centre/v1/submit"),
    "submit acts": ("POST", "/centre/v1/submit"),
    "submit rosters": ("POST", "/centre/v1/submit"),
    "post plots": ("POST", "/centre/v1/plots"),
    "read proofs": ("GET", "/centre/v1/proof?log=moscow/common/roster&index=0"),
}
RECORD = "moscow/moscow/record"
CELLS = [(role, action) for role in (*roles.PERMITTED, "stranger", "nobody") for action in ACTIONS]


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, dict[str, tls.Identity]]]:
    """A centre that serves, and a certificate for each role, for another centre's client, and for no role at all."""
    folder = tmp_path_factory.mktemp("roles")
    clients = [founding.Client(role, role) for role in roles.CLIENT]
    founding.found(folder / "moscow", run="r", mode="exercise", listen=serving.address(), clients=clients)
    own = tls.Identity("moscow", folder / "moscow" / "keys" / "line")
    callers = {role: tls.Identity(role, folder / "moscow" / "clients" / role) for role in roles.CLIENT}
    callers["nobody"] = tls.ensure_client(
        own, folder / "nobody", "nobody", [roles.uri("peer-reader"), roles.uri("king")]
    )
    for name, role in (("brussels", "peer-reader"), ("ankara", "peer-cosigner"), ("stranger", "")):
        callers[role or name] = tls.ensure_identity(folder / name, name)
    text = (folder / "moscow" / "centre.toml").read_text()
    for name, role in (("brussels", "peer-reader"), ("ankara", "peer-cosigner")):
        text += (
            f'\n[partners.{name}]\nidentity = "SHA256:{"a" * 43}"\naddress = "127.0.0.1:9"\nroles = ["{role}"]\n'
            f"certificate = '''\n{callers[role].authority_pem()}'''\n"
        )
    (folder / "moscow" / "centre.toml").write_text(text)
    service = Service(folder / "moscow", lambda told: None, without=("brussels", "ankara"))
    yield service, callers
    service.close()


def message(action: str, line: CentreLine) -> bytes:
    """An entry of the kind that an action hands in."""
    if action == "submit plots":
        content = {n: getattr(EXAMPLES["plot_report"], n) for n in ("site", "range_m", "azimuth_rad", "elevation_rad")}
        content |= {n: getattr(EXAMPLES["plot_report"], n) for n in PlotReport.__struct_fields__ if "sigma" in n}
        return serving.words(line, PlotReport, RECORD, "plots", sensor="sensor-writer", time_tai_ns=1, **content)
    kind: type[Message] = Incident
    if action == "submit policies":
        said = {"number": 2, "replaces": bytes(32), "rules": (), "reason": "tried"}
        return serving.words(line, ReleasePolicy, RECORD, "policy", **said)
    if action == "submit acts":
        who = line.about if line.about.role in roles.PEOPLE else founding.Client("watch-officer", "watch-officer")
        content = {"person": line.about.client, "role": who.role, "act": "remark"}
        return serving.words(line, Act, "moscow/moscow/acts", f"act-{line.about.client}", **content)
    if action == "submit rosters":
        old = EXAMPLES["roster"]
        content = {name: getattr(old, name) for name in ("number", "identity", "keys")}
        return serving.words(line, type(old), "moscow/common/roster", "roster", **content)
    return serving.words(line, kind, RECORD, f"words-{line.about.client}", about="info", text="said")


def body(action: str, place: Path, role: str) -> bytes:
    if action == "pull":
        return msgspec.msgpack.encode(Pull(WIRE_VERSION, {}))
    if action == "cosign":
        return msgspec.msgpack.encode(Cosignatures(WIRE_VERSION, {"moscow/common/roster": b"no note"}))
    if not action.startswith("submit"):
        return b""
    signing = role if role in roles.SIGNING and role not in roles.HELD_BY_CENTRE else "operator"
    with CentreLine(place / signing) as line:
        return msgspec.msgpack.encode(Submission(WIRE_VERSION, [message(action, line)]))


@pytest.mark.parametrize(("role", "action"), CELLS)
def test_a_cell_of_the_table(doors: tuple[Service, dict[str, tls.Identity]], role: str, action: str) -> None:
    service, callers = doors
    caller = callers[role]
    context = tls.client_context(caller, callers["operator"].authority_pem())
    context.check_hostname = False
    line = http.client.HTTPSConnection("127.0.0.1", service.port, context=context, timeout=60)
    method, path = ACTIONS[action]
    try:
        line.request(method, path, body(action, service.place.clients, role))
        answer = line.getresponse()
        status, said = answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        status, said = 403, "not let in: the line ended"
    finally:
        line.close()
    permitted = action in roles.PERMITTED.get(role, ())
    if permitted:
        assert status in (200, 204, 422), (status, said)  # 422: let in, and judged by what it is
    else:
        assert status in (403, 404), (status, said)


def test_what_the_table_permits_is_written_here_once_more() -> None:
    assert {role: sorted(actions) for role, actions in roles.PERMITTED.items()} == {
        "peer-reader": ["partner health", "pull"],
        "peer-cosigner": ["cosign", "partner health"],
        "sensor-writer": ["health", "submit plots"],
        "sensor": ["health", "post plots"],
        "operator": ["health", "read notices", "submit words"],
        "watch-officer": ["health", "read notices", "submit acts", "submit words"],
        "analyst": ["health", "read notices", "submit acts"],
        "releaser": ["health", "read notices", "submit policies"],
        "console": [],
        "auditor": ["health", "read proofs"],
        "admin": ["health", "read notices", "read proofs", "submit rosters"],
    }
