"""A small HTTPS server on loopback that shows a certificate of a site's own authority, as the ingress does."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from polder.kernel.secret import Secret
from polder.world.authority import new_authority, new_intermediate, public_file


@dataclass(frozen=True)
class Door:
    """``address`` is ``127.0.0.1:port``; ``authority`` is what to trust (PEM)."""

    address: str
    authority: str


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler], domain: str, folder: Path) -> Iterator[Door]:
    """Serve ``domain`` (and refuse any unknown name at the handshake) until the block ends."""
    now = datetime.now(UTC).replace(microsecond=0)
    root, root_key = new_authority("Les Lilas", (), now)
    between, key = new_intermediate("Les Lilas", root, root_key, now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_chain(folder, domain, between, key, now))
    context.sni_callback = lambda _, name, __: (
        ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if (name or "").startswith("unknown.") else None
    )
    server = _Server(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield Door(f"127.0.0.1:{server.server_address[1]}", public_file(root, between))
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that leaves early is part of the tests."""


def _chain(folder: Path, domain: str, between: str, between_key: Secret, now: datetime) -> Path:
    """A file with a key, a certificate for ``domain`` (a week) and the intermediate."""
    issuer = x509.load_pem_x509_certificate(between.encode())
    signer, key = (
        load_pem_private_key(between_key.reveal_bytes(), None),
        ec.generate_private_key(ec.SECP256R1()),
    )
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    draft = x509.CertificateBuilder(issuer.subject, x509.Name([]), key.public_key()).serial_number(7)
    draft = draft.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=7))
    draft = draft.add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=True)
    shown = draft.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)
    path = folder / "chain.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + shown + between.encode()
    )
    return path
