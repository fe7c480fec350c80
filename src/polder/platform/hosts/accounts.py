"""Who may come in: an account for each operator with exactly their keys, and the account that Polder itself uses.

1. The account that hosts.yml names (``user``) holds the keys of all operators: each of them runs Polder. Its change is guarded.
2. Every other operator has an account of their own, in the group ``polder``, and may become root.
3. Who is in that group and no longer in site.yml is taken away. Other people's accounts are left alone (an audit names them).
4. Without any operator's key nothing is touched: nobody is locked out by a file that is not written yet.
"""

from __future__ import annotations

from polder.kernel.host import Account, EnsureAccount, Guard, PutFile, RemoveAccount, RunScript
from polder.kernel.problem import Problem
from polder.platform.hosts.lines import path
from polder.platform.hosts.view import NOTE, Doing, View, file_changes
from polder.platform.plan.model import Change
from polder.platform.site.model import Host, Operator, Site

GROUP = "polder"
MAKE_GROUP = RunScript(f"getent group {GROUP} >/dev/null || groupadd --system {GROUP}")
PEOPLE_FROM = 1000
"""The first user id of people (login.defs of Debian); below are services."""


def entry_keys(site: Site) -> tuple[str, ...]:
    """Every operator's keys, each named by its operator."""
    return tuple(dict.fromkeys(key for one in site.operators for key in named_keys(one)))


def named_keys(operator: Operator) -> tuple[str, ...]:
    """``ssh-ed25519 AAAA... ana``

    >>> named_keys(Operator("ana", "age1", ("ssh-ed25519 AAAA jo@home",)))
    ('ssh-ed25519 AAAA ana',)
    """
    return tuple(dict.fromkeys(" ".join((*key.split()[:2], operator.name)) for key in operator.keys))


def bare_key(line: str) -> str:
    """A line of ``authorized_keys`` without its comment; one with options stays whole, it is not the same permission.

    >>> bare_key("ssh-ed25519 AAAA ana")
    'ssh-ed25519 AAAA'
    """
    return " ".join(line.split()[:2]) if line.startswith(("ssh-", "ecdsa-", "sk-")) else line


def keepers(site: Site, host: Host) -> tuple[Operator, ...]:
    """The operators that have an account of their own on ``host``."""
    return tuple(one for one in site.operators if one.keys and one.name != host.user)


def taken_names(view: View) -> list[Problem]:
    """Operators whose name belongs to a service of the machine."""
    if view.refused("accounts"):
        return []
    services = {a.name for a in view.seen.accounts if a.uid < PEOPLE_FROM}
    return [
        Problem("profile.account-taken", view.host.where, {"operator": one.name, "host": view.host.name})
        for one in keepers(view.site, view.host)
        if one.name in services
    ]


def account_doings(view: View) -> list[Doing]:
    keys = entry_keys(view.site)
    if view.refused("accounts") or not keys:
        return []
    return [*_own(view), *_sudo(view), *_entry(view, keys), *_gone(view)]


def _own(view: View) -> list[Doing]:
    found = []
    for operator in keepers(view.site, view.host):
        wanted = EnsureAccount(operator.name, named_keys(operator), groups=(GROUP,))
        if changes := _account_changes(_account(view, operator.name), wanted):
            found.append(
                Doing(
                    f"account-{operator.name}",
                    "account",
                    (MAKE_GROUP, wanted),
                    changes,
                    {"operator": operator.name},
                )
            )
    return found


def _account_changes(held: Account | None, wanted: EnsureAccount) -> tuple[Change, ...]:
    if held is None:
        return (Change(f"account {wanted.name}", "", wanted.shell), *key_changes((), wanted.keys))
    shell = () if held.person else (Change(f"shell of {wanted.name}", held.shell, wanted.shell),)
    member = () if GROUP in held.groups else (Change(f"group {GROUP}", "", wanted.name),)
    return (*shell, *member, *key_changes(held.keys, wanted.keys))


def key_changes(held: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[Change, ...]:
    """Keys that come and keys that go; their order means nothing."""
    old, new = {bare_key(key): key for key in held}, {bare_key(key): key for key in wanted}
    come = (Change("key", "", key) for bare, key in new.items() if bare not in old)
    go = (Change("key", key, "") for bare, key in old.items() if bare not in new)
    return (*come, *go)


def _sudo(view: View) -> list[Doing]:
    """Guarded: the account that Polder itself comes in with is among them, where that is not root."""
    own = () if view.host.user == "root" else (view.host.user,)
    names = [*own, *(operator.name for operator in keepers(view.site, view.host))]
    rules = "".join(f"{name} ALL=(ALL:ALL) NOPASSWD: ALL\n" for name in names)
    file = PutFile(path("accounts"), f"# {NOTE}\n{rules}", 0o440)
    changes = file_changes(view, (file,))
    check = RunScript(f"/usr/sbin/visudo -c -q -f {file.path} || {{ rm -f {file.path}; exit 1; }}")
    work = Doing("sudo", "sudo", (file, check), changes, {"operators": tuple(names)}, guard=Guard(":"))
    return [work] if changes else []


def _entry(view: View, keys: tuple[str, ...]) -> list[Doing]:
    held = _account(view, view.host.user)
    if held is None:
        return []
    changes = key_changes(held.keys, keys)
    place = f"{held.home.rstrip('/')}/.ssh/authorized_keys"
    file = PutFile(place, f"# {NOTE}\n" + "".join(f"{key}\n" for key in keys), 0o600, owner=held.name)
    tidy = RunScript(f"chmod 700 {held.home.rstrip('/')}/.ssh")
    work = Doing("entry", "entry", (file, tidy), changes, {"user": held.name}, guard=Guard(":"))
    return [work] if changes else []


def _gone(view: View) -> list[Doing]:
    kept = {one.name for one in view.site.operators} | {view.host.user}
    gone = [a for a in view.seen.accounts if GROUP in a.groups and a.name not in kept]
    return [
        Doing(
            f"account-{account.name}",
            "account-gone",
            (RemoveAccount(account.name),),
            (Change(f"account {account.name}", account.shell, ""), *key_changes(account.keys, ())),
            {"operator": account.name},
            undo="no",
        )
        for account in gone
    ]


def _account(view: View, name: str) -> Account | None:
    return next((account for account in view.seen.accounts if account.name == name), None)
