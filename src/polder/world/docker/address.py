"""Where an engine is: the address a site gives, read into a value that ``dial`` can open.

Addresses: ``local`` (as the ``docker`` command itself would choose: ``DOCKER_HOST``, else the current context, else the
usual socket), ``unix:///path``, ``ssh://user@host[:port]``, ``tcp://host:2376`` (always TLS, save to this very machine),
``context:NAME`` (a context of the ``docker`` command).

>>> read_address("unix:///run/docker.sock", {}, Path("/nowhere"))
UnixPlace(path='/run/docker.sock')
>>> read_address("ssh://ana@192.0.2.7:2222", {}, Path("/nowhere"))
SshPlace(host='192.0.2.7', user='ana', port=2222, options=(), sudo=False)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from polder.kernel.problem import Problem, Refused

USUAL_SOCKET = "/var/run/docker.sock"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class UnixPlace:
    path: str


@dataclass(frozen=True, slots=True)
class SshPlace:
    """Reached by ``ssh`` and ``docker system dial-stdio`` there. ``user`` and ``port``: ``""`` and 0 leave it to ssh. ``options``
    are put before all others; ``sudo``: only root may speak to the engine there."""

    host: str
    user: str = ""
    port: int = 0
    options: tuple[str, ...] = ()
    sudo: bool = False


@dataclass(frozen=True, slots=True)
class TcpPlace:
    """``tls`` is the folder with ca.pem, cert.pem and key.pem, or ``None`` for a plain connection to this machine."""

    host: str
    port: int
    tls: Path | None


Place = UnixPlace | SshPlace | TcpPlace


def read_address(address: str, environment: Mapping[str, str], docker_folder: Path) -> Place:
    """The place that ``address`` names. ``docker_folder`` is ``~/.docker`` (its contexts are read from there).

    Refuses ``engine.bad-address``, ``engine.no-context``, ``engine.needs-tls``.
    """
    if address == "local":
        return _local(environment, docker_folder)
    if address.startswith("context:"):
        return _context(address.removeprefix("context:"), environment, docker_folder)
    return _from_url(address, _certificates(environment, docker_folder))


def _local(environment: Mapping[str, str], docker_folder: Path) -> Place:
    if host := environment.get("DOCKER_HOST"):
        return _from_url(host, _certificates(environment, docker_folder))
    name = environment.get("DOCKER_CONTEXT") or _current_context(docker_folder)
    return _context(name, environment, docker_folder)


def _current_context(docker_folder: Path) -> str:
    settings = _read_json(docker_folder / "config.json")
    return str(settings.get("currentContext") or "default")


def _context(name: str, environment: Mapping[str, str], docker_folder: Path) -> Place:
    if name == "default":
        return UnixPlace(USUAL_SOCKET)
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = _read_json(docker_folder / "contexts" / "meta" / key / "meta.json")
    host = meta.get("Endpoints", {}).get("docker", {}).get("Host")
    if not host:
        _refuse("engine.no-context", context=name)
    tls = docker_folder / "contexts" / "tls" / key / "docker"
    return _from_url(str(host), tls if tls.is_dir() else _certificates(environment, docker_folder))


def _certificates(environment: Mapping[str, str], docker_folder: Path) -> Path | None:
    if folder := environment.get("DOCKER_CERT_PATH"):
        return Path(folder)
    return docker_folder if (docker_folder / "ca.pem").is_file() else None


def _from_url(address: str, tls: Path | None) -> Place:
    url = urlsplit(address)
    try:
        port = url.port or 0
    except ValueError:
        _refuse("engine.bad-address", address=address)
    if url.scheme == "unix" and url.path:
        return UnixPlace(url.path)
    # A host that begins with "-" would be read by ssh as an option.
    if url.scheme == "ssh" and url.hostname and not f"{url.username or ''}{url.hostname}".startswith("-"):
        return SshPlace(url.hostname, url.username or "", port)
    if url.scheme in ("tcp", "https") and url.hostname:
        return _tcp(url.hostname, port, tls, address)
    raise Refused(Problem("engine.bad-address", "", {"address": address}))


def _tcp(host: str, port: int, tls: Path | None, address: str) -> TcpPlace:
    if tls is None and host not in LOOPBACK:
        _refuse("engine.needs-tls", address=address)
    return TcpPlace(host, port or (2376 if tls else 2375), tls)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _refuse(code: str, **values: str) -> NoReturn:
    raise Refused(Problem(code, "", values))
