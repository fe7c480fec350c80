"""One operation on one host. Only the worker imports this.

By pyinfra's own operations where one fits: apt.packages, server.user, systemd.service. By scripts over its connector (``shell``
says why for each) where none does: files that appear whole, keys, removals, scripts (server.shell would put them into the list of
processes), and starting anew (server.reboot waits by uptime and ten seconds at least; a boot id is certain).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, assert_never

import gevent
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_host_op
from pyinfra.context import ctx_host
from pyinfra.operations import apt, server, systemd

from polder.kernel.host import (
    EnsureAccount,
    HostOperation,
    InstallPackages,
    PutFile,
    Reboot,
    RemoveAccount,
    RemovePath,
    RunScript,
    SetUnit,
)
from polder.kernel.problem import Problem, Refused, Value
from polder.world.hosts import shell
from polder.world.hosts.session import Lost, Session

logging.getLogger("pyinfra").disabled = True

QUICK, SLOW = 120.0, 1800.0
"""Seconds that an operation may take; packages and scripts may fetch things."""

LAST = 12
"""Lines of what a host said that are passed on."""


def do(session: Session, operation: HostOperation) -> Mapping[str, str]:
    """What it made known. Refuses ``host.failed``, ``host.no-reboot``; ``Lost`` when the host went away."""
    match operation:
        case PutFile():
            _script(session, operation, shell.put_file(operation))
        case RemovePath():
            _script(session, operation, shell.remove_path(operation))
        case InstallPackages():
            _install(session, operation)
        case EnsureAccount():
            _account(session, operation)
        case RemoveAccount():
            _remove_account(session, operation)
        case SetUnit():
            _unit(session, operation)
        case RunScript():
            return _run(session, operation)
        case Reboot():
            _reboot(session, operation)
        case _:
            assert_never(operation)
    return {}


def words(operation: HostOperation) -> str:
    """An operation as an administrator would type it, near enough; the same in every language."""
    match operation:
        case PutFile():
            return f"write {operation.path}"
        case RemovePath():
            return f"rm {operation.path}"
        case InstallPackages():
            return f"apt-get install {' '.join(operation.names)}"
        case EnsureAccount():
            return f"useradd {operation.name}"
        case RemoveAccount():
            return f"userdel {operation.name}"
        case SetUnit():
            enabling = "enable" if operation.enabled else "disable"
            return f"systemctl {enabling if operation.change == 'nothing' else operation.change} {operation.name}"
        case RunScript():
            return next((line for line in operation.script.splitlines() if line.strip()), "sh")
        case Reboot():
            return "reboot"
    assert_never(operation)


def failed(session: Session, operation: HostOperation, lines: list[str]) -> Refused:
    said = tuple(line for line in lines if line.strip())[-LAST:]
    return refusal("host.failed", session, what=words(operation), lines=said or ("nothing",))


def refusal(code: str, session: Session, **values: Value) -> Refused:
    return Refused(Problem(code, "", {"host": session.reach.name, **values}))


def _script(session: Session, operation: HostOperation, script: str, limit: float = QUICK) -> list[str]:
    done, lines, errors = session.ask(script, limit)
    if not done:
        raise failed(session, operation, lines + errors)
    return lines


def by_pyinfra(
    session: Session, operation: HostOperation, function: Callable[..., Any], limit: float, **given: Any
) -> None:
    """Do one of pyinfra's operations on this host alone."""
    session.connect()
    with session.watched(limit):
        meta = add_op(session.state, function, host=session.host, _sudo=session.sudo, **given)[session.host]
        said: list[str] = []
        try:
            with ctx_host.use(session.host):
                done = run_host_op(session.state, session.host, session.host.op_hash_order[-1])
        except PyinfraError as error:  # a fact could not be found out; a broken line is told by the watch
            done, said = False, [str(error)]
    if not done:
        raise failed(session, operation, said or meta.stdout_lines + meta.stderr_lines)


def _install(session: Session, operation: InstallPackages) -> None:
    _script(session, operation, shell.prepare_packages(operation), SLOW)
    wait = f"-o DPkg::Lock::Timeout={shell.LOCK_LIMIT} -o Acquire::Retries=3"
    given = {"packages": list(operation.names), "no_recommends": True, "extra_install_args": wait}
    by_pyinfra(session, operation, apt.packages, SLOW, **given)


def _account(session: Session, operation: EnsureAccount) -> None:
    given = {"user": operation.name, "shell": operation.shell, "groups": list(operation.groups)}
    by_pyinfra(session, operation, server.user, QUICK, **given, append=True, create_home=True)
    _script(session, operation, shell.account_keys(operation))


def _remove_account(session: Session, operation: RemoveAccount) -> None:
    if operation.name == session.reach.user:
        raise failed(session, operation, [f"{operation.name} is who does this; its own account stays"])
    _script(session, operation, shell.remove_account(operation))


def _unit(session: Session, operation: SetUnit) -> None:
    """A restart of what does not run is a start; so is a reload."""
    running = {"stop": False, "nothing": None}.get(operation.change, True)
    again = {"restarted": operation.change == "restart", "reloaded": operation.change == "reload"}
    given = {"service": operation.name, "running": running, "enabled": operation.enabled}
    by_pyinfra(session, operation, systemd.service, QUICK * 2, **given, **again, daemon_reload=True)


def _run(session: Session, operation: RunScript) -> Mapping[str, str]:
    lines = _script(session, operation, shell.HEAD + operation.script + "\n", SLOW)
    said = [line for line in lines if line.strip()]
    if operation.gives and not said:
        raise failed(session, operation, [f"it should have written {operation.gives}"])
    return {operation.gives: said[-1].strip()} if operation.gives else {}


REBOOT = (
    shell.HEAD
    + """cat /proc/sys/kernel/random/boot_id
(sleep 1; systemctl reboot || shutdown -r now) </dev/null >/dev/null 2>&1 &
"""
)


def _reboot(session: Session, operation: Reboot) -> None:
    before = _script(session, operation, REBOOT)[-1:]
    session.hang_up()
    with gevent.Timeout(operation.within, refusal("host.no-reboot", session, within=operation.within)):
        while _boot(session) in ([], before):
            gevent.sleep(1)


def _boot(session: Session) -> list[str]:
    """The host's boot id; nothing while it does not answer."""
    try:
        session.connect(5)
        return session.ask("cat /proc/sys/kernel/random/boot_id", 5)[1]
    except Lost:
        return []
