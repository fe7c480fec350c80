"""One host as pyinfra knows it: a connection that is kept, and commands over it. Only the worker imports this.

Rules: the host shows the one key that it may show, or nothing is asked of it. Every wait has a limit: connecting, and a host's
silence, which is found out by asking its SSH server for a sign of life while a command runs. A connection that breaks is
``Lost``; what a command answered is the caller's to judge.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
from gevent.lock import RLock
from paramiko import AuthenticationException, BadHostKeyException, SSHException
from paramiko.ssh_exception import NoValidConnectionsError
from paramiko.transport import Transport
from pyinfra.api.command import StringCommand
from pyinfra.api.exceptions import ConnectError
from pyinfra.api.host import Host
from pyinfra.api.state import State

from polder.kernel.host import Reach
from polder.kernel.problem import Problem, Refused

BEAT = 5.0
"""Seconds between two signs of life asked for while a command runs."""

FRESH = 3.0
"""Seconds for which a connection that just answered is believed to stand."""

BROKE = "the connection broke"

EVALUATE = 'eval "$(cat)"'
"""The script comes as input: no limit to its length, nothing of it in the host's list of processes."""


class Lost(Exception):
    """The connection broke or the host fell silent; ``str()`` says how."""


class Session:
    """``work`` is held by whoever changes the host, so that two works never mix there."""

    def __init__(self, state: State, host: Host, reach: Reach, deadline: float) -> None:
        self.state, self.host, self.reach, self.deadline = state, host, reach, deadline
        self.work = RLock()
        self._connecting = RLock()
        self._answered = 0.0
        self._why = BROKE

    # -- connecting -----------------------------------------------------------------------------------------------------

    def connect(self, within: float | None = None) -> None:
        """Have a connection that stands, ``within`` seconds (the deadline).

        Refuses ``host.wrong-key``, ``host.unknown-key``, ``host.no-entry``; ``Lost`` otherwise.
        """
        limit = within or self.deadline
        with self._connecting:
            if self._stands():
                return
            self.hang_up()
            try:
                with gevent.Timeout(limit, Lost(f"no answer within {limit:g} s")):
                    self.host.connect(show_errors=False, raise_exceptions=True)
            except ConnectError as error:
                self._close_client()
                self._refuse(error)
            except Exception:
                self._close_client()
                raise
            self._answered = time.monotonic()

    def hang_up(self) -> None:
        """Forget the connection, if there is one. The next command makes another."""
        self._close_client()
        self.host.connected = False

    def _close_client(self) -> None:
        client = getattr(self.host.connector, "client", None)
        if client is not None:
            client.close()

    def _transport(self) -> Transport | None:
        client = getattr(self.host.connector, "client", None)
        return client.get_transport() if client is not None and self.host.connected else None

    def _stands(self) -> bool:
        transport = self._transport()
        if transport is None or not transport.is_active():
            return False
        return time.monotonic() - self._answered < FRESH or self._lives(min(FRESH, self.deadline))

    def _lives(self, within: float) -> bool:
        """Whether the SSH server answers a question that every server answers (RFC 4254, section 4)."""
        transport = self._transport()
        if transport is None:
            return False
        with gevent.Timeout(within, False):
            transport.global_request("keepalive@openssh.com", wait=True)
            if transport.is_active():
                self._answered = time.monotonic()
                return True
        return False

    def _refuse(self, error: ConnectError) -> None:
        why = _cause(error)
        if isinstance(why, BadHostKeyException):
            raise Refused(self.problem("host.wrong-key", shown=_fingerprint(why.key))) from None
        if "No host key for" in str(error):
            raise Refused(self.problem("host.unknown-key")) from None
        if isinstance(why, AuthenticationException):
            raise Refused(self.problem("host.no-entry", user=self.reach.user)) from None
        raise Lost(_plain(error, why)) from None

    def problem(self, code: str, **values: str) -> Problem:
        return Problem(code, "", {"host": self.reach.name, "address": self.reach.address, **values})

    # -- asking ---------------------------------------------------------------------------------------------------------

    def ask(self, script: str, limit: float) -> tuple[bool, list[str], list[str]]:
        """Run ``script`` as root with a POSIX shell: whether it went well, and the lines of its two outputs.

        Refuses ``host.not-root``; ``Lost`` when the host goes away or says nothing for too long.
        """
        self.connect()
        with self.watched(limit):
            done, output = self.host.run_shell_command(
                StringCommand(EVALUATE), _sudo=self.sudo, _stdin=script, _timeout=None
            )
        if not done and self.sudo and _not_root(output.stderr_lines):
            raise Refused(self.not_root(output.stderr))
        self._answered = time.monotonic()
        return done, output.stdout_lines, output.stderr_lines

    @property
    def sudo(self) -> bool:
        return self.reach.user != "root"

    def not_root(self, why: str) -> Problem:
        return self.problem("host.not-root", user=self.reach.user, why=why)

    @contextmanager
    def watched(self, limit: float) -> Iterator[None]:
        """A command runs inside: at most ``limit`` seconds, and only while the host gives signs of life."""
        self._why = BROKE
        watch = gevent.spawn(self._watch)
        try:
            with gevent.Timeout(limit, Lost(f"not done within {limit:g} s")):
                yield
        except (SSHException, OSError, EOFError) as error:
            raise Lost(str(error) or self._why) from None
        except Lost:
            self.hang_up()
            raise
        finally:
            watch.kill()
        if not self._open():
            self.hang_up()
            raise Lost(self._why)

    def _open(self) -> bool:
        transport = self._transport()
        return transport is not None and transport.is_active()

    def _watch(self) -> None:
        while True:
            gevent.sleep(BEAT)
            if not self._lives(self.deadline):
                self._why = f"it said nothing for {self.deadline:g} s"
                self._close_client()
                return


def _cause(error: BaseException) -> BaseException:
    """What pyinfra's error was made of."""
    while error.__context__ is not None:
        error = error.__context__
    return error


def _fingerprint(key: Any) -> str:
    return str(key.fingerprint)


def _plain(error: ConnectError, why: BaseException) -> str:
    if isinstance(why, NoValidConnectionsError):
        why = next(iter(why.errors.values()))
    if isinstance(why, OSError) and why.strerror:
        return why.strerror
    return str(why) or str(error)


def _not_root(lines: list[str]) -> bool:
    return any(line.startswith(("sudo", "sh: 1: sudo", "bash: line 1: sudo")) for line in lines)
