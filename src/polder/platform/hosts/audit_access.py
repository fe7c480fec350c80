"""Findings about access: the SSH server, accounts, keys, private keys and system files that others may read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from itertools import pairwise

from polder.kernel.host import Account, HostSeen
from polder.platform.hosts.accounts import bare_key, entry_keys
from polder.platform.hosts.finding import Finding, Level, Values, found
from polder.platform.site.model import Host, Site

OLD_OPTIONS = {
    "permituserenvironment": ("yes",),
    "hostbasedauthentication": ("yes",),
    "ignorerhosts": ("no",),
    "strictmodes": ("no",),
    "protocol": ("1", "1,2", "2,1"),
    "permittunnel": ("yes", "ethernet", "point-to-point"),
    "gatewayports": ("yes",),
}
WEAK_ALGORITHMS = ("sha1", "md5", "-cbc", "arcfour", "ssh-dss", "umac-64", "group1-", "ripemd")
"""Pieces of names: SHA-1 and MD5, CBC, RC4, DSA, 64-bit codes (RFC 9142; OpenSSH's release notes since 8.8)."""
MODES = {
    "/etc/shadow": 0o037,
    "/etc/gshadow": 0o037,
    "/etc/sudoers": 0o027,
    "/etc/passwd": 0o022,
    "/etc/group": 0o022,
}
"""Bits that must not be set: readable for others where secrets are, writable where names are."""
MORE_MODES = {
    "/etc/ssh/sshd_config": 0o022,
    "/etc/crontab": 0o022,
    "/var/run/docker.sock": 0o007,
    "/etc/wireguard/polder0.key": 0o077,
}
SMALL_RSA = 3072
"""Bits (BSI TR-02102-4 and NIST SP 800-57: 3072 or more)."""


def access(seen: HostSeen, host: Host | None, site: Site | None) -> Iterator[Finding]:
    yield from _ssh(seen)
    yield from _accounts(seen, host, site)
    yield from _keys(seen, site)
    if seen.open_keys:
        yield found("open-private-key", {"paths": seen.open_keys}, seen.open_keys)
    for path, bits in (MODES | MORE_MODES).items():
        held = seen.files.get(path)
        if held and held.mode & bits:
            shown = f"{held.mode:o} {held.owner}:{held.group} {path}"
            yield found(
                "open-system-file",
                {"path": path, "mode": f"{held.mode:o}"},
                (shown,),
                path[1:].replace("/", "-"),
            )


def _ssh(seen: HostSeen) -> Iterator[Finding]:
    sshd = seen.sshd
    asked = ("passwordauthentication", "kbdinteractiveauthentication", "challengeresponseauthentication")
    only_keys = sshd.get("authenticationmethods", "any") == "publickey"
    if (open_to := _said(sshd, *((name, ("yes",)) for name in asked))) and not only_keys:
        yield found("ssh-passwords", evidence=open_to)
    if sshd.get("permitrootlogin") == "yes" and not only_keys:
        yield found("ssh-root-password", evidence=_said(sshd, ("permitrootlogin", ("yes",))))
    if sshd.get("permitemptypasswords") == "yes":
        yield found("ssh-empty-passwords", evidence=_said(sshd, ("permitemptypasswords", ("yes",))))
    if old := _said(sshd, *OLD_OPTIONS.items()):
        yield found("ssh-old-options", {"options": old}, old)
    if weak := _weak_algorithms(seen):
        yield found("ssh-weak-algorithms", {"algorithms": weak}, weak)
    if sshd.get("x11forwarding") == "yes":
        yield found("ssh-x11", evidence=_said(sshd, ("x11forwarding", ("yes",))))
    tunnels = ("allowtcpforwarding", "allowagentforwarding", "allowstreamlocalforwarding")
    if sshd.get("disableforwarding") != "yes" and (
        held := _said(sshd, *((name, ("yes", "all", "local", "remote")) for name in tunnels))
    ):
        yield found("ssh-tunnels", evidence=held)


def _said(sshd: Mapping[str, str], *wrong: tuple[str, tuple[str, ...]]) -> tuple[str, ...]:
    """``option value`` for each option that has one of the values named."""
    return tuple(f"{name} {sshd[name]}" for name, values in wrong if sshd.get(name) in values)


def _weak_algorithms(seen: HostSeen) -> tuple[str, ...]:
    lists = ("kexalgorithms", "ciphers", "macs", "hostkeyalgorithms", "pubkeyacceptedalgorithms")
    names = (name for each in lists for name in seen.sshd.get(each, "").split(","))
    return tuple(dict.fromkeys(n for n in names if n == "ssh-rsa" or any(p in n for p in WEAK_ALGORITHMS)))


def _accounts(seen: HostSeen, host: Host | None, site: Site | None) -> Iterator[Finding]:
    declared = {"root"} | ({one.name for one in site.operators if one.keys} if site else set())
    declared |= {host.user} if host else set()
    for account in seen.accounts:
        if account.password == "empty":  # noqa: S105
            yield found("empty-password", {"account": account.name}, about=_about(account))
        if account.uid == 0 and account.name != "root":
            yield found("second-root", {"account": account.name}, about=_about(account))
        elif account.person and account.name not in declared:
            shown = (f"{account.name} {account.uid} {account.shell}",)
            yield found("undeclared-person", {"account": account.name}, shown, _about(account), _level(site))
        if "docker" in account.groups and account.name not in declared:
            yield found("docker-group", {"account": account.name}, about=_about(account))


def _keys(seen: HostSeen, site: Site | None) -> Iterator[Finding]:
    declared = {bare_key(key) for key in entry_keys(site)} if site else set()
    for account in seen.accounts:
        unknown = tuple(_shown(key) for key in account.keys if bare_key(key) not in declared)
        if unknown:
            values: Values = {"account": account.name, "number": len(unknown)}
            yield found("undeclared-key", values, unknown, _about(account), _level(site))
        weak = tuple(_shown(key) for key in account.keys if is_weak(key))
        if weak:
            yield found("weak-key", {"account": account.name, "number": len(weak)}, weak, _about(account))


def is_weak(line: str) -> bool:
    """Whether a line of ``authorized_keys`` holds a DSA key, or an RSA key of fewer than 3072 bits.

    >>> is_weak("ssh-dss AAAA jo"), is_weak("ssh-ed25519 AAAA jo")
    (True, False)
    """
    words = line.split()
    for kind, body in pairwise(words):
        if kind == "ssh-rsa":
            return rsa_bits(body) < SMALL_RSA
    return "ssh-dss" in words


def rsa_bits(body: str) -> int:
    """The length of an RSA key's modulus: the third string of the blob (RFC 4253, section 6.6); 0 when it cannot be read."""
    try:
        blob = base64.b64decode(body, validate=True)
        for _ in range(2):
            blob = blob[4 + int.from_bytes(blob[:4], "big") :]
        modulus = blob[4 : 4 + int.from_bytes(blob[:4], "big")]
    except (binascii.Error, ValueError):
        return 0
    return int.from_bytes(modulus, "big").bit_length()


def _shown(key: str) -> str:
    """Kind, the end of the key, and its comment: enough to know it again.

    >>> _shown("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGyjZ2h8 jo@home")
    'ssh-ed25519 ...5AAAAIGyjZ2h8 jo@home'
    """
    return " ".join(f"...{word[-13:]}" if len(word) > 24 else word for word in key.split())


def _level(site: Site | None) -> Level:
    """Without a site nobody declared anything."""
    return "medium" if site else "info"


def _about(account: Account) -> str:
    return account.name.lower().replace("_", "-")
