"""The line to a receiver is private: its certificate must be vouched for, and be of the name that was configured."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jointwatch.centre.alerts import webhook
from jointwatch.centre.alerts.receivers import Receiver as Configured
from jointwatch.centre.alerts.street import NotReached, Street
from jointwatch.exchange.keys import SigningKey
from tests.centre.alerts.receiver import Receiver, receiving

KEY = SigningKey(bytes(32))


def certificate(folder: Path, name: str) -> Path:
    """A file with a key and a certificate for a name, which vouches for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def receiving_in_private(pem: Path) -> Iterator[Receiver]:
    receiver = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    receiver.tls = context
    with receiving(receiver):
        yield receiver


def posted(folder: Path, receiver: Receiver, authority: str | None, host: str = "localhost") -> webhook.Answer:
    address = f"https://{host}:{receiver.port}/alerts"
    street = Street(Configured(address=address, inner=True, authority=authority), folder)
    return webhook.post(street, b"<alert/>", webhook.headers(KEY, "alert_1", b"<alert/>", posix_s=1))


def test_a_receiver_that_is_vouched_for_is_told(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "localhost")
    with receiving_in_private(pem) as receiver:
        assert posted(tmp_path, receiver, pem.name).text == "204 No Content"
    assert [came.body for came in receiver.came] == [b"<alert/>"]


def test_a_receiver_that_nobody_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    pem, other = certificate(tmp_path, "localhost"), certificate(tmp_path, "other.example")
    with receiving_in_private(pem) as receiver:
        for authority in (None, other.name):
            with pytest.raises(NotReached, match="its certificate is not believed: self-signed certificate"):
                posted(tmp_path, receiver, authority)
    assert receiver.came == []


def test_another_name_s_certificate_is_not_believed(tmp_path: Path) -> None:
    other = certificate(tmp_path, "other.example")
    with receiving_in_private(other) as receiver, pytest.raises(NotReached, match="Hostname mismatch"):
        posted(tmp_path, receiver, other.name)
    assert receiver.came == []
