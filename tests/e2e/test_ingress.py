"""The door of a site on a real engine: what it refuses, what it adds, what it hides, and that nobody notices a new neighbour."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from polder.world.certificates import probe_certificate
from polder.world.docker.http import open_engine
from polder.world.web import Visitor, first_valid_answer
from support.provider import Provider, Visits

pytestmark = [pytest.mark.engine, pytest.mark.builder]

SITE, OTHER = "trois-merles.test", "canard-bleu.test"


def raw(provider: Provider, address: str, name: str, request: str) -> str:
    """What comes back, as text, for ``request`` sent after a handshake for ``name``."""
    trust = ssl.create_default_context(cafile=str(provider.folder / "internal-ca.crt"))
    with (
        socket.create_connection((address, 443), 15) as plain,
        trust.wrap_socket(plain, server_hostname=name) as line,
    ):
        line.sendall(request.replace("\n", "\r\n").encode())
        received = b""
        while chunk := line.recv(65536):
            received += chunk
    return received.decode(errors="replace")


def visitor(provider: Provider, address: str, name: str) -> Visitor:
    return Visitor(name, f"{address}:443", (provider.folder / "internal-ca.crt").read_text())


@pytest.mark.parametrize("host", [OTHER, "names", "127.0.0.1", "192.0.2.1", "merles_jardin_site_web"])
def test_another_host_than_that_of_the_handshake_is_refused(
    provider: Provider, published_address: str, host: str
) -> None:
    answer = raw(provider, published_address, SITE, f"GET / HTTP/1.1\nHost: {host}\nConnection: close\n\n")
    assert answer.startswith("HTTP/1.1 421")


def test_security_headers_are_there_and_the_servers_name_is_not(
    provider: Provider, published_address: str
) -> None:
    with visitor(provider, published_address, SITE) as someone:
        headers = someone.ask("GET", "/").headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    assert "server" not in headers


def test_a_handshake_without_a_name_or_with_a_strangers_is_refused(
    published_address: str, provider: Provider
) -> None:
    assert probe_certificate("stranger.test", f"{published_address}:443") is None
    assert probe_certificate(published_address, f"{published_address}:443") is None


def test_the_log_has_the_visitors_address_and_no_query(
    provider: Provider, published_address: str, engine_address: str
) -> None:
    with visitor(provider, published_address, SITE) as someone:
        someone.ask(
            "GET",
            "/found-in-the-log?token=hunter22",
            headers={"Cookie": "s=hunter22", "X-Forwarded-For": "192.0.2.66"},
        )
    with socket.create_connection((published_address, 443), 5) as line:
        mine = line.getsockname()[0]
    time.sleep(1)
    engine = open_engine(engine_address)
    logged = "\n".join(engine.logs("merles_polder_ingress_caddy", 50))
    engine.close()
    line_of_mine = next(line for line in logged.splitlines() if "/found-in-the-log" in line)
    assert mine in line_of_mine
    assert "hunter22" not in logged
    assert "192.0.2.66" not in logged


def test_a_new_neighbour_disturbs_nobody_and_answers_soon(provider: Provider, published_address: str) -> None:
    provider.run(
        "app",
        "add",
        "velo/neuf",
        "--recipe",
        "static",
        "--domain",
        "neuf.test",
        "--set",
        "files=content/velo",
    )
    with Visits(provider.folder, published_address, SITE) as visits:
        process = provider.begin("apply", "--yes")
        authority = (provider.folder / "internal-ca.crt").read_text()
        seconds = first_valid_answer("neuf.test", f"{published_address}:443", authority, within=120)
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert visits.failed == []
    assert visits.good > 5
    assert seconds < 60


def test_an_app_that_is_away_says_so_in_the_providers_languages(
    provider: Provider, published_address: str, engine_address: str
) -> None:
    scale(engine_address, "merles_velo_site_web", 0)
    try:
        with visitor(provider, published_address, OTHER) as someone:
            answer = someone.ask("GET", "/")
    finally:
        scale(engine_address, "merles_velo_site_web", 1)
    assert (answer.status, answer.headers["retry-after"]) == (503, "20")
    assert "<div lang='fr'>" in answer.body
    assert "Les Lilas" in answer.body


def test_a_name_that_is_gone_is_not_said_to_come_back(provider: Provider, published_address: str) -> None:
    provider.run(
        "app",
        "add",
        "velo/court",
        "--recipe",
        "static",
        "--domain",
        "court.test",
        "--set",
        "files=content/velo",
    )
    provider.run("apply", "--yes")
    provider.run("app", "remove", "velo/court", "--yes")
    provider.run("apply", "--yes")
    with visitor(provider, published_address, "court.test") as someone:
        answer = someone.ask("GET", "/")
    assert answer.status == 404
    assert "retry-after" not in answer.headers


def scale(engine: str, service: str, replicas: int) -> None:
    client = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"
    words = [client, "--host", engine, "service", "scale", "--detach", f"{service}={replicas}"]
    subprocess.run(words, check=True, capture_output=True, timeout=30)
    time.sleep(3)
