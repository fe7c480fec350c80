"""The same work as a host's plan, as an Ansible playbook made of modules that ansible-core has itself.

Each operation becomes the module that an administrator would take for it, with the same content and modes; a script becomes a
look at the file that it made (a command that never reports a change), which flatters Ansible a little.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, assert_never

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

Json = dict[str, Any]


def tasks(operation: HostOperation) -> list[Json]:
    """What Ansible would be told."""
    match operation:
        case PutFile():
            parent = str(Path(operation.path).parent)
            put = {"dest": operation.path, "content": operation.content, "mode": f"0{operation.mode:o}"}
            own = {"owner": operation.owner, "group": operation.group}
            return [
                {"ansible.builtin.file": {"path": parent, "state": "directory"}},
                {"ansible.builtin.copy": put | own},
            ]
        case RemovePath():
            return [{"ansible.builtin.file": {"path": operation.path, "state": "absent"}}]
        case InstallPackages():
            names = list(operation.names)
            return [{"ansible.builtin.apt": {"name": names, "state": "present", "install_recommends": False}}]
        case EnsureAccount():
            return account(operation)
        case RemoveAccount():
            return [{"ansible.builtin.user": {"name": operation.name, "state": "absent"}}]
        case SetUnit():
            unit: Json = {"name": operation.name, "enabled": operation.enabled}
            if operation.change != "stop":
                unit["state"] = "started"
            return [{"ansible.builtin.systemd_service": unit}]
        case RunScript():
            look = {"ansible.builtin.command": "test -e /etc/polder", "changed_when": False}
            return [look | {"failed_when": False}]
        case Reboot():
            return []
    assert_never(operation)


def account(operation: EnsureAccount) -> list[Json]:
    user: Json = {"name": operation.name, "shell": operation.shell}
    if operation.groups:
        user |= {"groups": list(operation.groups), "append": True}
    home = "/root" if operation.name == "root" else f"/home/{operation.name}"
    keys = {
        "dest": f"{home}/.ssh/authorized_keys",
        "content": "\n".join(operation.keys) + "\n",
        "mode": "0600",
    }
    folder = {"path": f"{home}/.ssh", "state": "directory", "mode": "0700"}
    own = {"owner": operation.name}
    return [
        {"ansible.builtin.user": user},
        {"ansible.builtin.file": folder | own},
        {"ansible.builtin.copy": keys | own},
    ]


def write_playbook(
    program: str,
    folder: Path,
    works: Mapping[str, Sequence[HostOperation]],
    addresses: Mapping[str, str],
    ssh_config: Path,
) -> list[str]:
    """The playbook, inventory and settings in ``folder``; the command that runs them."""
    plays = [
        {
            "hosts": name,
            "gather_facts": False,
            "tasks": [task for operation in operations for task in tasks(operation)],
        }
        for name, operations in works.items()
    ]
    merged, variables = merge(plays)
    (folder / "playbook.yml").write_text(json.dumps(merged, indent=1))
    (folder / "host_vars").mkdir()
    for name, theirs in variables.items():
        (folder / "host_vars" / f"{name}.json").write_text(json.dumps(theirs))
    hosts = "".join(
        f"{name} ansible_host={address} ansible_user=root\n" for name, address in addresses.items()
    )
    (folder / "hosts.ini").write_text(hosts + "[all:vars]\nansible_python_interpreter=/usr/bin/python3\n")
    ssh = f"-F {ssh_config} -o ControlMaster=auto -o ControlPersist=60s"
    settings = f"[defaults]\nforks = 10\n[ssh_connection]\npipelining = True\nssh_args = {ssh}\n"
    (folder / "ansible.cfg").write_text(settings)
    return [program, "-i", str(folder / "hosts.ini"), str(folder / "playbook.yml")]


def merge(plays: list[Json]) -> tuple[list[Json], dict[str, Json]]:
    """One play over all hosts, task by task side by side, as its linear strategy does best; what differs between hosts becomes a
    variable of each."""
    variables: dict[str, Json] = {play["hosts"]: {} for play in plays}
    found: list[Json] = []
    for number, column in enumerate(zip(*(play["tasks"] for play in plays), strict=True)):
        task = json.loads(json.dumps(column[0]))
        for module, words in column[0].items():
            for key, value in words.items() if isinstance(words, dict) else ():
                if any(other[module][key] != value for other in column):
                    task[module][key] = "{{ v" + str(number) + " }}"
                    for play, other in zip(plays, column, strict=True):
                        variables[play["hosts"]][f"v{number}"] = other[module][key]
        found.append(task)
    return [{"hosts": "all", "gather_facts": False, "tasks": found}], variables


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> str:
    """Run it; what it writes. A failure ends the benchmark."""
    settings = {**env, "ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_HOME": str(folder / "home")}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise SystemExit(f"ansible-playbook:\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    return done.stdout
