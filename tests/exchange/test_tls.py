"""The line's identity: who is let in, who is not, and what never leaves the directory."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from jointwatch.exchange.tls import (
    LEAF_LIFE,
    Identity,
    client_context,
    ensure_identity,
    peer_of,
    renewal_due,
    server_context,
)


@pytest.fixture(scope="module")
def moscow(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return ensure_identity(tmp_path_factory.mktemp("tls") / "moscow", "moscow")


@pytest.fixture(scope="module")
def brussels(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return ensure_identity(tmp_path_factory.mktemp("tls") / "brussels", "brussels")


def leaf_der(identity: Identity) -> bytes:
    return ssl.PEM_cert_to_DER_cert(
        "-----BEGIN CERTIFICATE-----" + identity.leaf.read_text().split("-----BEGIN CERTIFICATE-----")[1]
    )


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bytes | None:
    """The client's certificate as the server saw it; raises what the client met."""
    ours, theirs = socket.socketpair()
    seen: list[bytes | None] = []

    def serve() -> None:
        with ours:
            ours.settimeout(60)
            try:
                with server.wrap_socket(ours, server_side=True) as line:
                    seen.append(line.getpeercert(binary_form=True))
                    line.sendall(b"in")
            except OSError:
                seen.append(None)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        theirs.settimeout(60)
        with theirs, client.wrap_socket(theirs, server_hostname=name) as line:
            assert line.recv(2) == b"in", "the server hung up"  # TLS 1.3: a refused client learns it only on reading
            assert line.version() == "TLSv1.3"
    finally:
        thread.join(60)
    return seen[0]


def test_each_side_is_let_in_by_its_pinned_authority_and_named(moscow: Identity, brussels: Identity) -> None:
    pins = {"brussels": brussels.authority_pem()}
    der = handshake(server_context(moscow, pins), client_context(brussels, moscow.authority_pem()), "moscow")
    assert peer_of(der, pins) == "brussels"


def test_a_client_without_a_certificate_is_refused(moscow: Identity, brussels: Identity) -> None:
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.load_verify_locations(cadata=moscow.authority_pem())
    with pytest.raises((OSError, AssertionError)):
        handshake(server_context(moscow, {"brussels": brussels.authority_pem()}), bare, "moscow")


def test_a_client_of_another_authority_is_refused(moscow: Identity, brussels: Identity, tmp_path: Path) -> None:
    impostor = ensure_identity(tmp_path, "brussels")
    with pytest.raises((OSError, AssertionError)):
        handshake(
            server_context(moscow, {"brussels": brussels.authority_pem()}),
            client_context(impostor, moscow.authority_pem()),
            "moscow",
        )


def test_a_server_of_another_authority_is_refused(moscow: Identity, brussels: Identity, tmp_path: Path) -> None:
    impostor = ensure_identity(tmp_path, "moscow")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(
            server_context(impostor, {"brussels": brussels.authority_pem()}),
            client_context(brussels, moscow.authority_pem()),
            "moscow",
        )


def test_a_server_that_is_another_centre_than_the_one_called_is_refused(moscow: Identity, brussels: Identity) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"[Hh]ostname"):
        handshake(
            server_context(moscow, {"brussels": brussels.authority_pem()}),
            client_context(brussels, moscow.authority_pem()),
            "ankara",
        )


def test_tls_1_2_is_refused(moscow: Identity, brussels: Identity) -> None:
    old = client_context(brussels, moscow.authority_pem())
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((OSError, AssertionError)):
        handshake(server_context(moscow, {"brussels": brussels.authority_pem()}), old, "moscow")


def test_one_partners_authority_cannot_speak_for_another(moscow: Identity, brussels: Identity, tmp_path: Path) -> None:
    ankara = ensure_identity(tmp_path, "ankara")
    pins: Mapping[str, str] = {"brussels": brussels.authority_pem(), "ankara": ankara.authority_pem()}
    key = ec.generate_private_key(ec.SECP256R1())
    authority_key = load_pem_private_key((brussels.directory / "tls-ca.key").read_bytes(), password=None)
    assert isinstance(authority_key, ec.EllipticCurvePrivateKey)
    now = datetime.now(UTC)
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ankara")]))
        .issuer_name(x509.load_pem_x509_certificate(brussels.authority_pem().encode()).subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(authority_key, SHA256())
    )
    der = forged.public_bytes(Encoding.DER)
    assert peer_of(der, pins) is None
    assert peer_of(leaf_der(ankara), pins) == "ankara"


def test_nobody_without_a_certificate_has_a_name(brussels: Identity) -> None:
    assert peer_of(None, {"brussels": brussels.authority_pem()}) is None


def test_private_keys_are_readable_by_their_owner_alone(moscow: Identity) -> None:
    private = [path for path in moscow.directory.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert {path.name for path in private} == {"tls-ca.key", "tls-leaf.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert "PRIVATE" not in moscow.authority_pem()


def test_the_leaf_is_renewed_at_two_thirds_of_its_life_and_the_authority_stays(tmp_path: Path) -> None:
    born = datetime(2026, 1, 1, tzinfo=UTC)
    identity = ensure_identity(tmp_path, "moscow", now=born)
    authority, leaf = identity.authority_pem(), identity.leaf.read_bytes()
    ensure_identity(tmp_path, "moscow", now=born + LEAF_LIFE / 2)
    assert identity.leaf.read_bytes() == leaf
    assert renewal_due(identity, now=born + LEAF_LIFE * 0.7)
    ensure_identity(tmp_path, "moscow", now=born + LEAF_LIFE * 0.7)
    assert identity.leaf.read_bytes() != leaf
    assert identity.authority_pem() == authority


def test_a_leaf_of_a_time_when_the_clock_was_ahead_is_replaced_once_it_is_right(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    identity = ensure_identity(tmp_path, "moscow", now=now + timedelta(days=400))
    assert renewal_due(identity, now=now)
    ensure_identity(tmp_path, "moscow", now=now)
    assert not renewal_due(identity, now=now)


def test_an_expired_certificate_is_refused(moscow: Identity, tmp_path: Path) -> None:
    stale = ensure_identity(tmp_path, "brussels", now=datetime.now(UTC) - LEAF_LIFE - timedelta(hours=1))
    with pytest.raises((OSError, AssertionError)):
        handshake(
            server_context(moscow, {"brussels": stale.authority_pem()}),
            client_context(stale, moscow.authority_pem()),
            "moscow",
        )


def test_a_centre_id_that_no_certificate_can_carry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="DNS label"):
        ensure_identity(tmp_path, "Moscow Centre")
