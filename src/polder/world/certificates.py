"""What certificate an ingress shows for a name: asked without trusting it, read for status."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """``days_left``: whole days, negative when it has ended. ``issuer`` and ``names`` as the certificate says."""

    days_left: int
    until: datetime
    issuer: str
    names: tuple[str, ...]


def probe_certificate(
    domain: str, address: str, *, now: datetime | None = None, tries: int = 3
) -> CertificateSeen | None:
    """The certificate shown for ``domain`` by the ingress at ``address`` (``IP:port``); ``None`` when it refuses the name, ``tries``
    times in a row: of several names asked for at once for the first time, Caddy 2.6 refuses some that it knows.

    ``OSError`` when nothing answers there. Asking makes the ingress create the certificate if it has none yet.
    """
    for left in reversed(range(tries)):
        der = _shown(domain, address)
        if der:
            return _read(der, now or datetime.now(UTC))
        time.sleep(0.05 if left else 0)
    return None


def _shown(domain: str, address: str) -> bytes | None:
    """The certificate as DER, ``None`` when the handshake is refused."""
    host, port = split_address(address)
    with socket.create_connection((host, port), SECONDS) as plain:
        try:
            with _unverified().wrap_socket(plain, server_hostname=domain) as shown:
                return shown.getpeercert(binary_form=True)
        except (ssl.SSLError, ConnectionResetError):
            return None


def split_address(address: str) -> tuple[str, int]:
    """Host and port of ``IP:port`` or ``[IPv6]:port``.

    >>> split_address("[2001:db8::1]:443"), split_address("192.0.2.1:8443")
    (('2001:db8::1', 443), ('192.0.2.1', 8443))
    """
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _unverified() -> ssl.SSLContext:
    """Only the certificate is looked at; nothing is sent or believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _read(der: bytes, now: datetime) -> CertificateSeen:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    found = x509.load_der_x509_certificate(der)
    issuer = next((str(a.value) for a in found.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)), "")
    try:
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(listed.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        names = ()
    until = found.not_valid_after_utc
    return CertificateSeen((until - now).days, until, issuer, names)
