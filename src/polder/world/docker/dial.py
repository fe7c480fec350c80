"""Opening one connection to an engine, whatever lies between: a socket file, ssh, or TLS.

Rules: every wait has a limit; a failure says what to do about it; an ``ssh`` process never outlives its connection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from polder.kernel.problem import Unreachable
from polder.world.docker.address import Place, SshPlace, TcpPlace, UnixPlace

if TYPE_CHECKING:  # what only some engines need is imported where they are dialled
    import ssl
    import subprocess

CONNECT_LIMIT = 10.0
"""Seconds to reach the engine's end (ssh: its own connect timeout; the first answer has the request's limit)."""


@dataclass(slots=True)
class Line:
    """An open connection. ``hang_up`` closes it with everything behind it; ``last_words`` is what ssh said, if anything."""

    socket: socket.socket
    hang_up: Callable[[], None]
    last_words: Callable[[], str]


def dial(place: Place) -> Line:
    """Open a connection to ``place``; ``Unreachable`` says why not."""
    match place:
        case UnixPlace():
            return _dial_unix(place)
        case SshPlace():
            return _dial_ssh(place)
        case TcpPlace():
            return _dial_tcp(place)
    assert_never(place)


def _dial_unix(place: UnixPlace) -> Line:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(CONNECT_LIMIT)
    try:
        line.connect(place.path)
    except OSError as error:
        line.close()
        raise Unreachable(f"unix://{place.path}", _why_unix(error)) from None
    return Line(line, line.close, lambda: "")


def _why_unix(error: OSError) -> str:
    match error.errno:
        case errno.ENOENT:
            return "there is no such socket; is Docker installed and started?"
        case errno.EACCES | errno.EPERM:
            return "permission denied; is this user in the group docker?"
        case errno.ECONNREFUSED:
            return "nothing listens on this socket; is Docker started?"
        case errno.EAGAIN:
            return "the engine takes no more connections"
    return error.strerror or str(error)


def _dial_tcp(place: TcpPlace) -> Line:
    what = f"tcp://{place.host}:{place.port}"
    try:
        plain = socket.create_connection((place.host, place.port), CONNECT_LIMIT)
    except OSError as error:
        raise Unreachable(what, error.strerror or str(error)) from None
    if place.tls is None:
        return Line(plain, plain.close, lambda: "")
    try:
        secured = _tls(place).wrap_socket(plain, server_hostname=place.host)
    except (OSError, ValueError) as error:
        plain.close()
        raise Unreachable(what, f"no TLS connection: {error}") from None
    return Line(secured, secured.close, lambda: "")


def _tls(place: TcpPlace) -> ssl.SSLContext:
    import ssl

    assert place.tls is not None
    context = ssl.create_default_context(cafile=str(place.tls / "ca.pem"))
    if (place.tls / "cert.pem").is_file():
        context.load_cert_chain(place.tls / "cert.pem", place.tls / "key.pem")
    return context


def ssh_command(place: SshPlace) -> list[str]:
    """The command that carries one connection: never asks for a password, never hangs for ever on a dead host."""
    from polder.world.hosts.known import ssh_options

    options = [*(place.options or ssh_options()), "-o", "BatchMode=yes"]
    options += ["-o", f"ConnectTimeout={CONNECT_LIMIT:.0f}"]
    options += ["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3", "-T"]
    user = ["-l", place.user] if place.user else []
    port = ["-p", str(place.port)] if place.port else []
    root = ["sudo", "-n"] if place.sudo else []
    return ["ssh", *options, *user, *port, "--", place.host, *root, "docker", "system", "dial-stdio"]


def _dial_ssh(place: SshPlace) -> Line:
    import subprocess

    ours, theirs = socket.socketpair()
    try:
        end = theirs.fileno()
        process = subprocess.Popen(ssh_command(place), stdin=end, stdout=end, stderr=subprocess.PIPE)
    except OSError as error:
        ours.close()
        raise Unreachable(f"ssh://{place.host}", f"ssh cannot be started: {error.strerror}") from None
    finally:
        theirs.close()
    assert process.stderr is not None
    # A shared connection that ssh leaves behind (ControlPersist) keeps this pipe open: reading must never wait.
    os.set_blocking(process.stderr.fileno(), False)
    return Line(ours, lambda: _end_ssh(ours, process), lambda: _ssh_words(process))


def _end_ssh(ours: socket.socket, process: subprocess.Popen[bytes]) -> None:
    from subprocess import TimeoutExpired

    ours.close()
    process.terminate()
    try:
        process.wait(2)
    except TimeoutExpired:
        process.kill()
        process.wait()
    if process.stderr:
        process.stderr.close()


def _ssh_words(process: subprocess.Popen[bytes]) -> str:
    """What ssh wrote when it ended (host key, refused login, unknown host); asked for only after the line broke."""
    from subprocess import TimeoutExpired

    with contextlib.suppress(TimeoutExpired):
        process.wait(1)
    if process.poll() is None or process.stderr is None or process.stderr.closed:
        return ""
    return plainly((process.stderr.read(4000) or b"").decode(errors="replace").strip())


def plainly(words: str) -> str:
    """What ssh said, in a sentence where it takes a page or leaves out what to do.

    >>> plainly("Permission denied (publickey).")
    'Permission denied (publickey).'
    """
    if "HOST IDENTIFICATION HAS CHANGED" in words:
        shown = re.search(r"SHA256:[\w+/=]+", words)
        noted = re.search(r"^Offending .* in (.*):(\d+)", words, re.MULTILINE)
        where = f"the one in {noted[1]}, line {noted[2]}" if noted else "the one known here"
        return (
            f"the host shows another SSH key ({shown[0] if shown else '?'}) than {where}. If you do not know why it changed,"
            " somebody may stand in between: nothing was asked of it"
        )
    if "Host key verification failed" in words:
        return (
            "Host key verification failed: ssh does not know this host yet. Log in once by hand (ssh USER@HOST) and compare"
            " the fingerprint with the host's own"
        )
    return words
