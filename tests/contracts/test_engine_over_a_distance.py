"""A real engine reached by TLS and through ssh's command: the same answers, and nobody else's."""

import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from polder.kernel.problem import Unreachable
from polder.world.docker.http import open_engine
from polder.world.docker.wire import MOST_BY_SSH

pytestmark = pytest.mark.engine


def _certificate(folder: Path, name: str, issuer: tuple | None) -> tuple:
    """Write ``name``.pem and its key; ``issuer`` is what an earlier call returned, none for an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{folder.name} {name}")])
    by, by_key = issuer or (title, key)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(title)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False
        )
        .sign(by_key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{'key' if name == 'cert' else name + '-key'}.pem").write_bytes(private)
    return title, key


def certificates(folder: Path) -> Path:
    """ca.pem, cert.pem and key.pem, as the docker command wants them."""
    folder.mkdir()
    _certificate(folder, "cert", _certificate(folder, "ca", None))
    return folder


@pytest.fixture
def tls_engine(engine_address: str, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The real engine behind TLS that asks for a client's certificate: its port and the folder of certificates."""
    folder = certificates(tmp_path / "tls")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def accept() -> None:
        while True:
            try:
                line = context.wrap_socket(listener.accept()[0], server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(engine_address.removeprefix("unix://"))
            for ends in ((line, engine), (engine, line)):
                threading.Thread(target=carry, args=ends, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1], folder
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_by_tls_the_engine_answers_whoever_has_its_authoritys_certificate(tls_engine, monkeypatch):
    port, folder = tls_engine
    monkeypatch.setenv("DOCKER_CERT_PATH", str(folder))
    with open_engine(f"tcp://127.0.0.1:{port}") as engine:
        assert engine.look().swarm == "manager"


def test_by_tls_an_engine_of_another_authority_is_not_believed(tls_engine, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_CERT_PATH", str(certificates(tmp_path / "others")))
    with pytest.raises(Unreachable) as away, open_engine(f"tcp://127.0.0.1:{tls_engine[0]}") as engine:
        engine.look()
    assert "TLS" in away.value.why


@pytest.fixture
def ssh_here(engine_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ``ssh`` that runs the command it is given on this machine; it notes its number when it starts."""
    notes = tmp_path / "started"
    program = tmp_path / "ssh"
    program.write_text(
        f'#!/bin/sh\necho $$ >> {notes}\nwhile [ "$1" != "--" ]; do shift; done\nshift 2\n'
        f'DOCKER_HOST={engine_address} exec "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return notes


def test_through_ssh_the_engine_answers_and_no_process_is_left_behind(ssh_here):
    with open_engine("ssh://ana@192.0.2.7") as engine:
        first = engine.look()
        assert first.swarm == "manager"
        assert engine.look().node_id == first.node_id
    numbers = ssh_here.read_text().split()
    assert 1 <= len(numbers) <= MOST_BY_SSH
    assert [number for number in numbers if Path(f"/proc/{number}").exists()] == []


def test_through_ssh_what_ssh_says_is_passed_on(tmp_path, monkeypatch):
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\necho 'Host key verification failed.' >&2\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Unreachable) as away, open_engine("ssh://192.0.2.7") as engine:
        engine.look()
    assert "Host key verification failed" in away.value.why


def test_through_ssh_a_line_that_is_cut_is_replaced_at_the_next_request(ssh_here):
    with open_engine("ssh://192.0.2.7") as engine:
        engine.look()
        for number in ssh_here.read_text().split():
            subprocess.run(["kill", "-9", number], check=True)
        time.sleep(0.3)
        assert engine.look().swarm == "manager"
