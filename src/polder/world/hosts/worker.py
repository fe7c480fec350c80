"""The process that holds pyinfra: reads requests, does each in a greenlet of its own, writes answers (see ``wire``).

Started by ``client`` after gevent has changed the standard library, so ``main`` runs nowhere else; ends when its input does.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import gevent
import paramiko.file
import pyinfra.connectors.util
from gevent.fileobject import FileObjectPosix
from gevent.lock import RLock
from pyinfra.api.config import Config
from pyinfra.api.inventory import Inventory
from pyinfra.api.state import State
from pyinfra.context import ctx_state

from polder.kernel.host import Reach
from polder.kernel.problem import Refused
from polder.world.hosts.known import known_hosts
from polder.world.hosts.session import Lost, Session
from polder.world.hosts.wire import line, problem_as_json, reach_from, work_from

Json = dict[str, Any]

MEMORY = 2 * 1024**3
"""Bytes that this process may take: a host that never stops writing ends it, not the operator's machine."""


class NoPassword(Exception):
    """sudo wants a password, and there is nobody to ask for it."""


def _nobody(*_: object, **__: object) -> NoReturn:
    raise NoPassword("sudo asks for a password")


def _text(content: bytes | str, encoding: str = "utf8") -> str:
    """What a host writes need not be UTF-8. paramiko's own reading would end there, and the command wait for ever for a reader."""
    return content if isinstance(content, str) else content.decode(encoding, errors="replace")


class Worker:
    def __init__(self, opening: Json, output: Any) -> None:
        self._output, self._writing = output, RLock()
        reaches = [reach_from(one) for one in opening["reaches"]]
        self._sessions = _sessions(reaches, opening)

    def take(self, request: Json) -> None:
        gevent.spawn(self._answer, request)

    def say(self, message: Json) -> None:
        with self._writing:
            self._output.write(line(message))
            self._output.flush()

    def beat(self) -> None:
        while True:
            gevent.sleep(2)
            self.say({"beat": True})

    def _answer(self, request: Json) -> None:
        number = request["id"]
        try:
            done = self._do(request)
        except Refused as error:
            self.say({"id": number, "problem": problem_as_json(error.problems[0])})
        except Lost as error:
            self.say({"id": number, "unreachable": [_host(request), str(error)]})
        except BaseException:
            self.say({"id": number, "bug": traceback.format_exc()})
        else:
            self.say({"id": number, "done": done})

    def _do(self, request: Json) -> Any:
        session = self._sessions[_host(request)]
        try:
            if "look" in request:
                return look(session, request["look"]["script"])
            return self._run(session, request)
        except NoPassword as error:
            raise Refused(session.not_root(str(error))) from None

    def _run(self, session: Session, request: Json) -> Mapping[str, str]:
        from polder.world.hosts.guard import run  # what a look alone does not need

        number = request["id"]
        work = work_from(request["run"]["work"])
        made: Mapping[str, str] = run(session, work, lambda said: self.say({"id": number, "say": said}))
        return made


def _host(request: Json) -> str:
    return str(request["look"]["host"] if "look" in request else request["run"]["work"]["host"])


def look(session: Session, script: str) -> Json:
    """The host's answer as it came, all within the deadline. A kept connection that breaks is tried once more with a new one."""
    kept = session.host.connected
    over = gevent.Timeout(session.deadline, Lost(f"no answer within {session.deadline:g} s"))
    with over:
        try:
            return _look(session, script)
        except Lost as error:
            if not kept or error is over.exception:
                raise
        return _look(session, script)


def _look(session: Session, script: str) -> Json:
    session.connect()
    began = time.time()
    done, lines, errors = session.ask(script, session.deadline)
    if not done or not lines:
        raise Lost("; ".join(errors[-3:]) or "its shell said nothing")
    return {"began": began, "answer": "".join(lines)}


def _sessions(reaches: list[Reach], opening: Json) -> dict[str, Session]:
    """One pyinfra state with all the hosts in it: pyinfra knows one state at a time, and hosts never touch each other's part."""
    names = [(one.name, _settings(one, opening)) for one in reaches]
    config = Config(CONNECT_TIMEOUT=int(opening["deadline"]) or 1)
    state = State(Inventory((names, {})), config, check_for_changes=False)
    state.is_executing = False
    ctx_state.set(state)
    deadline = float(opening["deadline"])
    return {one.name: Session(state, state.inventory.get_host(one.name), one, deadline) for one in reaches}


def _settings(reach: Reach, opening: Json) -> Json:
    settings: Json = {
        "ssh_hostname": reach.address,
        "ssh_port": reach.port,
        "ssh_user": reach.user,
        "ssh_strict_host_key_checking": "yes",
        "ssh_paramiko_connect_kwargs": _patience(opening),
    }
    if opening["config"]:
        settings["ssh_config_file"] = opening["config"]
    if reach.host_key:
        settings["ssh_known_hosts_file"] = str(known_hosts({reach.name: reach}, Path(opening["keys"])))
    return settings


def _patience(opening: Json) -> Json:
    limit = float(opening["deadline"])
    return {"banner_timeout": limit, "auth_timeout": limit, "channel_timeout": limit}


def main() -> None:
    private = os.dup(1)
    os.dup2(2, 1)  # whatever prints, prints into the log
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    vars(pyinfra.connectors.util)["getpass"] = _nobody
    vars(paramiko.file)["u"] = _text
    requests = FileObjectPosix(0, "rb")
    opening = json.loads(requests.readline())["open"]
    folder = opening["keys"]
    worker = Worker(opening, FileObjectPosix(private, "wb"))
    gevent.spawn(worker.beat)
    for request in requests:
        worker.take(json.loads(request))
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # whoever asked is gone: nothing here is worth waiting for
