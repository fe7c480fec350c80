"""A work on one host, with its way back when it has one. Only the worker imports this.

A guarded work: what it will change is kept on the host and a clock is started there (``guard_scripts``); the operations are done; a
new connection confirms. Whoever cannot confirm in time is told once the host has put everything back. An operation that fails
has the work taken back at once: half a firewall is nobody's.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

import gevent

from polder.kernel.host import Guard, HostWork
from polder.kernel.problem import Refused
from polder.world.hosts import guard_scripts
from polder.world.hosts.do import do, refusal, words
from polder.world.hosts.session import Lost, Session

Say = Callable[[str], None]

PATIENCE = 60.0
"""Seconds after its time that a host gets to have taken a change back and to answer again."""

SCRIPT_LIMIT = 60.0


def run(session: Session, work: HostWork, say: Say) -> Mapping[str, str]:
    """Do ``work``; what it made known."""
    with session.work:
        if work.guard is None:
            return _operations(session, work, say)
        return _guarded(session, work, work.guard, say)


def _operations(session: Session, work: HostWork, say: Say) -> Mapping[str, str]:
    made: dict[str, str] = {}
    for operation in work.operations:
        say(words(operation))
        made |= do(session, operation)
    return made


def _guarded(session: Session, work: HostWork, guard: Guard, say: Say) -> Mapping[str, str]:
    identity = secrets.token_hex(8)
    _arm(session, identity, guard, work)
    over = time.monotonic() + guard.seconds
    try:
        made = _operations(session, work, say)
    except Refused:
        _ask(session, guard_scripts.take_back(identity))
        raise
    except Lost as error:
        _lost_in_the_middle(session, identity, over, error)
    _confirm(session, identity, over)
    return made


def _arm(session: Session, identity: str, guard: Guard, work: HostWork) -> None:
    first = _ask(session, guard_scripts.arm(identity, guard, work.operations))[-1:]
    if first and first[0].startswith("pending"):
        raise refusal("host.guarded", session, seconds=int(first[0].split()[1]))


def _ask(session: Session, script: str) -> list[str]:
    done, lines, errors = session.ask(script, SCRIPT_LIMIT)
    if not done:
        said = tuple([*lines, *errors][-6:]) or ("nothing",)
        raise refusal("host.failed", session, what="guard", lines=said)
    return lines


def _confirm(session: Session, identity: str, over: float) -> None:
    """By a connection made anew: the one that is open may only live because it was there before."""
    answer = _from_anew(session, guard_scripts.confirm(identity), over + PATIENCE)
    if answer[:1] != ["confirmed"]:
        raise _taken_back(session, answer[1:])


def _lost_in_the_middle(session: Session, identity: str, over: float, error: Lost) -> NoReturn:
    """Not everything was done, so even a host that answers has to go back."""
    answer = _from_anew(session, guard_scripts.take_back(identity), over + PATIENCE)
    raise _taken_back(session, [str(error), *answer[1:]])


def _from_anew(session: Session, script: str, until: float) -> list[str]:
    """What the host answers to ``script`` over a new connection; ``Lost`` when it has not answered ``until`` then."""
    while True:
        session.hang_up()
        try:
            session.connect(min(session.deadline, 5))
            return _ask(session, script)
        except Lost:
            if time.monotonic() > until:
                raise
        gevent.sleep(1)


def _taken_back(session: Session, lines: list[str]) -> Refused:
    return refusal("host.taken-back", session, lines=tuple(lines) or ("nothing",))
