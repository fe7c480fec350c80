"""The firewall: one nftables table of our own, ``inet polder``, in one file, loaded by one unit before the network is up.

1. What comes in is dropped unless it is said here. Established connections, the machine itself, needed ICMP and SSH always come in.
2. Nothing else in the kernel's rules is touched: no ``flush ruleset``, not Docker's tables, nobody's.
3. Docker's published ports go past ``input`` (they are given another address first, then forwarded), so ``forward`` holds them to
   the same list: what enters for a container from outside must have been sent to an allowed port.
4. What containers send, and between containers, is not our business: it is accepted here and left to Docker's rules.
5. The file replaces the table in one transaction: no moment without rules. Its text is as the kernel lists it, so that one look
   shows a rule that was changed by hand.

Sources: RFC 4890 (ICMPv6), nft(8), Docker's "Packet filtering and firewalls".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from polder.kernel.host import Guard, PutFile, RunScript, SetUnit
from polder.platform.hosts.lines import path
from polder.platform.hosts.neighbours import (
    INTERFACE,
    MESH_PORT,
    addresses,
    in_mesh,
    mesh_peers,
    outside_peers,
    registry_port,
)
from polder.platform.hosts.view import NOTE, Doing, View, changed, file_changes, leftovers
from polder.platform.plan.model import Change
from polder.platform.site.model import Host

FILE, UNIT_FILE = path("firewall"), path("firewall", 1)
UNIT = "polder-firewall.service"
LOAD = f"/usr/sbin/nft -f {FILE}"
DROP = "/usr/sbin/nft delete table inet polder 2>/dev/null || true"
UNDO = f"""systemctl daemon-reload
if [ -s {FILE} ]; then {LOAD}; else systemctl disable {UNIT} 2>/dev/null || true; {DROP}; fi"""
BRIDGES = ("docker0", "docker_gwbridge", "br-*")
SWARM = {"tcp": (2377, 7946), "udp": (4789, 7946)}
"""Orders (managers only), who is there, the networks between apps (docs.docker.com, "Getting started with Swarm mode")."""
UNIT_TEXT = f"""# {NOTE}
[Unit]
Description=Firewall of Polder (nftables table inet polder)
DefaultDependencies=no
After=nftables.service
PartOf=nftables.service
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ProtectSystem=full
ProtectHome=true
ExecStart={LOAD}
ExecReload={LOAD}
ExecStop=-/usr/sbin/nft delete table inet polder

[Install]
WantedBy=sysinit.target
"""
ICMP = "destination-unreachable, echo-request, time-exceeded, parameter-problem"
ICMPV6 = (
    "destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, mld-listener-query, "
    "mld-listener-report, mld-listener-done, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report"
)


def firewall_doings(view: View) -> list[Doing]:
    if view.refused("firewall"):
        return _away(view)
    files = changed(view, (PutFile(FILE, firewall_file(view)), PutFile(UNIT_FILE, UNIT_TEXT)))
    held, state = plain(view.seen.firewall), view.seen.units.get(UNIT)
    wanted = plain(table(view))
    rules = () if held == wanted else tuple(rule_changes(held, wanted))
    enabled = bool(state and state.enabled == "enabled" and state.active == "active")
    unit = () if enabled else (Change(UNIT, state.active if state else "", "active"),)
    if not (files or rules or unit):
        return []
    start = (RunScript(f"systemctl daemon-reload\n{LOAD}"), SetUnit(UNIT))
    shown = (*file_changes(view, files), *rules, *unit)
    return [Doing("firewall", "firewall", (*files, *start), shown, guard=Guard(UNDO))]


def _away(view: View) -> list[Doing]:
    gone, shown = leftovers(view, (FILE, UNIT_FILE))
    loaded = (Change("table inet polder", "loaded", ""),) if view.seen.firewall else ()
    stop = (SetUnit(UNIT, enabled=False, change="stop"),) if gone else ()
    work = (*stop, *gone, RunScript(f"systemctl daemon-reload\n{DROP}"))
    return [Doing("firewall", "firewall-gone", work, (*shown, *loaded))] if gone or loaded else []


def firewall_file(view: View) -> str:
    """The file: it replaces the table as a whole, in one transaction."""
    return f"#!/usr/sbin/nft -f\n# {NOTE}\ntable inet polder\ndelete table inet polder\n{table(view)}"


def table(view: View) -> str:
    """The table as ``nft -s list table inet polder`` shows it when its sets are empty."""
    chains = (("input", _input(view)), ("forward", _forward()), ("published", _published(view)))
    bodies = [
        f"\tchain {name} {{\n" + "".join(f"\t\t{r}\n" for r in rules) + "\t}\n" for name, rules in chains
    ]
    return "table inet polder {\n" + "\n".join([_set(4), _set(6), *bodies]) + "}\n"


def _set(version: int) -> str:
    """Who has begun SSH connections within the last minute."""
    words = (f"type ipv{version}_addr", "size 65535", "flags dynamic,timeout", "timeout 1m")
    return f"\tset ssh{version} {{\n" + "".join(f"\t\t{word}\n" for word in words) + "\t}\n"


def _input(view: View) -> Iterator[str]:
    yield "type filter hook input priority filter; policy drop;"
    yield "ct state vmap { invalid : drop, established : accept, related : accept }"
    yield 'iif "lo" accept'
    yield f"icmp type {{ {ICMP} }} accept"
    yield f"icmpv6 type {{ {ICMPV6} }} accept"
    yield "udp sport 67 udp dport 68 accept"
    yield "ip6 saddr fe80::/10 udp dport 546 accept"
    yield from _ssh(_one_of(ssh_ports(view)))
    yield from _between_hosts(view)
    for protocol, ports in open_ports(view).items():
        yield f"{protocol} dport {_one_of(ports)} accept"


def ssh_ports(view: View) -> tuple[int, ...]:
    """Where we come in, and where the server says that it listens: behind a router these may be two."""
    own = view.seen.sshd.get("port", "")
    return tuple(sorted({view.host.port, *((int(own),) if own.isdigit() else ())}))


def _ssh(port: str) -> Iterator[str]:
    """Each address may begin 120 connections a minute; more than that wait a little, no other address is slowed by it."""
    for version, kind in ((4, "ip"), (6, "ip6")):
        over = f"{kind} saddr limit rate over 120/minute burst 120 packets"
        yield f"tcp dport {port} ct state new add @ssh{version} {{ {over} }} drop"
    yield f"tcp dport {port} accept"


def _between_hosts(view: View) -> Iterator[str]:
    registry = registry_port(view.site, view.host)
    tcp = tuple(port for port in SWARM["tcp"] if port != 2377 or "manager" in view.host.roles)
    tcp = tuple(sorted({*tcp, *((registry,) if registry else ())}))
    if in_mesh(view.host):
        yield f'iifname "{INTERFACE}" tcp dport {_one_of(tcp)} accept'
        yield f'iifname "{INTERFACE}" udp dport {_one_of(SWARM["udp"])} accept'
        yield from _from(view, mesh_peers(view), "udp", (MESH_PORT,))
        if registry:
            yield from _from(
                view, tuple(p for p in mesh_peers(view) if p not in outside_peers(view)), "tcp", (registry,)
            )
    yield from _from(view, outside_peers(view), "tcp", tcp)
    yield from _from(view, outside_peers(view), "udp", SWARM["udp"])


def _from(view: View, hosts: tuple[Host, ...], protocol: str, ports: tuple[int, ...]) -> Iterator[str]:
    for version, kind in ((4, "ip"), (6, "ip6")):
        if found := addresses(hosts, version):
            yield f"{kind} saddr {_one_of(found)} {protocol} dport {_one_of(ports)} accept"


def open_ports(view: View) -> dict[str, tuple[int, ...]]:
    """What everybody may reach, by protocol: a door's ports on hosts with the role ``ingress``, and those that hosts.yml names."""
    door = ((80, "tcp"), (443, "tcp")) if "ingress" in view.host.roles else ()
    found = {*door, *view.host.ports}
    sorted_ports = {kind: tuple(sorted(p for p, k in found if k == kind)) for kind in ("tcp", "udp")}
    return {kind: ports for kind, ports in sorted_ports.items() if ports}


def _forward() -> Iterator[str]:
    yield "type filter hook forward priority filter - 5; policy accept;"
    yield "ct state established,related accept"
    yield "ct status dnat jump published"
    for bridge in BRIDGES:
        yield f'oifname "{bridge}" jump published'


def _published(view: View) -> Iterator[str]:
    """One rule for each port: nft 1.0.6 (bookworm) lists a set of original ports wrongly."""
    for bridge in BRIDGES:
        yield f'iifname "{bridge}" return'
    if registry := registry_port(view.site, view.host):
        yield from _published_registry(view, registry)
    for protocol, ports in open_ports(view).items():
        for port in ports:
            yield f"ct status dnat meta l4proto {protocol} ct original proto-dst {port} return"
    yield "drop"


def _published_registry(view: View, port: int) -> Iterator[str]:
    sent = f"ct status dnat meta l4proto tcp ct original proto-dst {port} return"
    if in_mesh(view.host):
        yield f'iifname "{INTERFACE}" {sent}'
    for version, kind in ((4, "ip"), (6, "ip6")):
        if found := addresses(
            (*mesh_peers(view), *(p for p in outside_peers(view) if p not in mesh_peers(view))), version
        ):
            yield f"{kind} saddr {_one_of(found)} {sent}"


def _one_of(items: Iterable[object]) -> str:
    """As nft lists it: one alone without braces.

    >>> _one_of((80, 443)), _one_of((80,))
    ('{ 80, 443 }', '80')
    """
    found = [str(item) for item in items]
    return found[0] if len(found) == 1 else f"{{ {', '.join(found)} }}"


def plain(listed: str) -> tuple[str, ...]:
    """The lines of a listed table that are rules or say what a chain or a set is; not who is in a set just now.

    >>> plain("set ssh4 {\\n\\ttype ipv4_addr\\n\\telements = { 192.0.2.1,\\n\\t\\t192.0.2.2 }\\n}\\n")
    ('set ssh4 {', 'type ipv4_addr', '}')
    """
    without = re.sub(r"elements = \{[^}]*\}", "", listed)
    counted = re.sub(r"counter packets \d+ bytes \d+", "counter", without)
    return tuple(line.strip() for line in counted.splitlines() if line.strip())


def rule_changes(held: tuple[str, ...], wanted: tuple[str, ...]) -> Iterator[Change]:
    """Rules that come and rules that go; when they are the same ones, their order was another."""
    if not held:
        yield Change("table inet polder", "", "loaded")
        return
    go = [Change("firewall", rule, "") for rule in held if rule not in wanted]
    come = [Change("firewall", "", rule) for rule in wanted if rule not in held]
    yield from [*go, *come] or [Change("firewall", "another order", "as written")]
