"""Hosts as they were seen, and what would be done to them: each case has files above ``----`` and the steps below.

A case begins with a sentence. ``=== site.yml`` and ``=== hosts.yml`` are the site's. ``=== before hosts.yml``: the hosts were set up by
that one first. ``=== seen``: host to what it shows (``codename``, ``packages``, ``files`` by path, ``units``, ``docker`` ...) where that
differs from a bare Debian 12; hosts that are not named there did not answer. ``POLDER_REWRITE_CASES=1`` writes the steps anew; read the
difference before you believe it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from polder.kernel.host import (
    Account,
    DockerSeen,
    FileSeen,
    HostOperation,
    HostSeen,
    HostWork,
    PutFile,
    RemovePath,
    RunScript,
    UnitSeen,
)
from polder.kernel.problem import Refused
from polder.kernel.sentences import hint, say, say_problem
from polder.platform.plan.model import Step
from polder.platform.site.model import Site
from support.machines import KEY, Machines, bare, done, looks, steps_of
from support.sites import SITE, group, read, site_files

FOLDER = Path(__file__).resolve().parents[2] / "cases" / "hosts"
CASES = sorted(FOLDER.glob("*.case"))
PART = re.compile(r"^=== (.+)\n", re.MULTILINE)
ONE = "ada: {address: 192.0.2.1, profile: baseline, roles: [manager, ingress]}\n"


def site_of(parts: Mapping[str, str], hosts: str) -> Site:
    text = SITE + f'registry: registry.lilas.test:5000\nssh-keys: {{ana: ["{KEY} ana@home"]}}\n'
    files = {"site.yml": parts.get("site.yml", text), "hosts.yml": hosts}
    return read(site_files({"lilas": group("page bare")}, **files))


def machine(name: str, said: Mapping[str, Any]) -> HostSeen:
    rest = {
        k: v
        for k, v in said.items()
        if k not in ("codename", "files", "units", "packages", "docker", "accounts")
    }
    seen = bare(name, said.get("codename", "bookworm"), **rest)
    return changed(seen, said)


def changed(seen: HostSeen, said: Mapping[str, Any]) -> HostSeen:
    """``seen`` with the files, units, packages, accounts and Docker that a case names."""
    files = {
        path: FileSeen(hashlib.sha256(text.encode()).hexdigest(), 0o644)
        for path, text in (said.get("files") or {}).items()
    }
    units = {name: UnitSeen(*words.split()) for name, words in (said.get("units") or {}).items()}
    known = {account.name: account for account in seen.accounts}
    accounts = known | {name: account(name, words) for name, words in (said.get("accounts") or {}).items()}
    return replace(
        seen,
        files={**seen.files, **files},
        units={**seen.units, **units},
        packages={**seen.packages, **dict.fromkeys(said.get("packages") or (), "1")},
        accounts=tuple(accounts.values()),
        docker=replace(seen.docker, **said["docker"]) if "docker" in said else seen.docker,
    )


def account(name: str, said: Mapping[str, Any]) -> Account:
    words = {"uid": 1000, "home": f"/home/{name}", "shell": "/bin/bash", "person": True, **said}
    lists = {key: tuple(value) if isinstance(value, list) else value for key, value in words.items()}
    return Account(name, **lists)


def steps(text: str) -> list[Step]:
    pieces = PART.split(text)[1:]
    parts = dict(zip(pieces[::2], pieces[1::2], strict=True))
    seen: dict[str, dict[str, Any]] = {
        k: v or {} for k, v in yaml.safe_load(parts.get("seen", "ada:")).items()
    }
    site = site_of(parts, parts.get("hosts.yml", ONE))
    if "before hosts.yml" not in parts:
        return steps_of(site, {name: machine(name, said) for name, said in seen.items()})
    former = site_of(parts, parts["before hosts.yml"])
    machines = Machines({name: bare(name) for name in former.hosts})
    done(former, machines)
    there = looks(former, machines)
    now = {
        name: changed(replace(there.get(name) or bare(name), **plain(said)), said)
        for name, said in seen.items()
    }
    return steps_of(site, now)


def plain(said: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in said.items() if k not in ("files", "units", "packages", "docker", "accounts")}


def told(text: str) -> Iterator[str]:
    try:
        found = steps(text)
    except Refused as refused:
        for problem in refused.problems:
            yield say_problem(problem)
            yield f"    {hint(problem.code, problem.values)}"
        return
    if not found:
        yield "nothing to do"
    for step in found:
        yield f"{step.key}: {say(step.code, step.values)}{''.join(marks(step, found))}"
        yield from (
            f"    {change.path}: {change.before or '-'} -> {change.after or '-'}" for change in step.changes
        )
        assert isinstance(step.work, HostWork)
        yield f"    does: {', '.join(in_short(operation) for operation in step.work.operations)}"


def marks(step: Step, steps: list[Step]) -> Iterator[str]:
    """What a plan says beside the sentence."""
    assert isinstance(step.work, HostWork)
    if step.work.guard:
        yield f" [guarded for {step.work.guard.seconds} s]"
    if step.away:
        yield f" [apps away {step.away} s]"
    if step.undo != "yes":
        yield f" [undo: {step.undo}]"
    if elsewhere := [key for key in step.after if key.split(":")[1] != step.key.split(":")[1]]:
        yield f" [after {', '.join(elsewhere)}]"


def in_short(operation: HostOperation) -> str:
    kind = type(operation).__name__
    match operation:
        case PutFile() | RemovePath():
            return f"{kind} {operation.path}"
        case RunScript():
            first, *more = operation.script.splitlines()
            return f"{kind} “{first[:60]}{' ...' if more or len(first) > 60 else ''}”"
    return f"{kind} {getattr(operation, 'names', None) or getattr(operation, 'name', '')}"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_host_gets_the_steps_that_it_lacks(case: Path) -> None:
    text, _, expected = case.read_text().partition("----\n")
    found = "".join(f"{line}\n" for line in told(text))
    if os.environ.get("POLDER_REWRITE_CASES") == "1":
        case.write_text(f"{text}----\n{found}")
    else:
        assert found == expected


def test_docker_is_not_seen_where_a_case_does_not_say_so() -> None:
    assert machine("ada", {}).docker == DockerSeen()
