"""What earlier steps made known is put into the files of a work. Pure.

>>> work = HostWork("ada", (PutFile("/etc/x", "key = {mesh-key:bea}\\n"),))
>>> filled(work, {"mesh-key:bea": "k="}).operations[0].content
'key = k=\\n'
>>> filled(work, {})
Traceback (most recent call last):
polder.kernel.problem.Refused: : host.not-known {'host': 'ada', 'path': '/etc/x', 'missing': 'mesh-key:bea'}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from polder.kernel.host import HostOperation, HostWork, PutFile
from polder.kernel.problem import Problem, Refused

HOLE = re.compile(r"\{([a-z]+-key:[A-Za-z0-9._-]+)\}")


def filled(work: HostWork, known: Mapping[str, str]) -> HostWork:
    """``work`` with ``{name}`` in its files replaced by what ``known`` says. Refuses ``host.not-known`` before anything is done."""
    values = {name.strip("{}"): value for name, value in known.items()}
    return replace(work, operations=tuple(_filled(work.host, one, values) for one in work.operations))


def _filled(host: str, operation: HostOperation, known: Mapping[str, str]) -> HostOperation:
    if not isinstance(operation, PutFile):
        return operation
    content = operation.content
    for name, value in known.items():
        content = content.replace(f"{{{name}}}", value)
    if missing := HOLE.search(content):
        raise Refused(
            Problem("host.not-known", "", {"host": host, "path": operation.path, "missing": missing[1]})
        )
    return replace(operation, content=content)
