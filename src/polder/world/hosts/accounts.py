"""Who a host knows, read from a look's sections. Pure. Passwords come as one word for their state, never as a hash."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

from polder.kernel.host import Account
from polder.world.hosts.sections import Sections

Password = Literal["none", "locked", "set", "empty", "unknown"]
PASSWORDS: dict[str, Password] = {"none": "none", "locked": "locked", "set": "set", "empty": "empty"}
NO_LOGIN = ("nologin", "false", "sync", "halt", "shutdown")


def accounts(found: Sections) -> tuple[Account, ...]:
    """As they stand in ``/etc/passwd``."""
    states = dict(line.partition(" ")[::2] for line in found.lines("shadow"))
    groups, keys = _groups(found), _keys(found)
    seen = []
    for words in (line.split(":") for line in found.lines("passwd")):
        if len(words) == 5 and words[1].isdigit():
            name, uid, primary, home, shell = words
            member = dict.fromkeys([*groups[f":{primary}"], *groups[name]])
            state = PASSWORDS.get(states.get(name, ""), "unknown")
            person = shell.rpartition("/")[2] not in NO_LOGIN
            seen.append(
                Account(
                    name, int(uid), home, shell or "/bin/sh", tuple(member), state, tuple(keys[name]), person
                )
            )
    return tuple(seen)


def _groups(found: Sections) -> defaultdict[str, list[str]]:
    """A user's name, or ``:`` and a group's number, to names of groups."""
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for words in (line.split(":") for line in found.lines("group")):
        if len(words) == 3:
            seen[f":{words[1]}"].append(words[0])
            for member in filter(None, words[2].split(",")):
                seen[member].append(words[0])
    return seen


def _keys(found: Sections) -> defaultdict[str, list[str]]:
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for name, lines in found.named("keys"):
        seen[name] += [line.strip() for line in lines]
    return seen
