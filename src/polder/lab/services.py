"""What the lab's router serves: names (dnsmasq), certificates (pebble, an ACME server for tests), and a registry for each provider.

Names under ``.test`` are the lab's own: ``alder.test`` and all below it are alder's first host, ``alder-2.alder.test`` is that host.
Everything else is asked of the machine's own name servers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path

from polder.kernel.problem import Unreachable
from polder.lab.authority import names
from polder.lab.groups import group, make_group
from polder.lab.model import Lab, Provider
from polder.lab.spawn import spawn, within
from polder.lab.state import Kept

RESOLVERS = (
    "/etc/resolv.conf",
    "/run/systemd/resolve/resolv.conf",
    "/run/NetworkManager/no-stub-resolv.conf",
)


def start_services(kept: Kept) -> None:
    """Start all of them; returns when the ACME directory and the registries answer."""
    lab, folder = kept.lab, kept.services
    place = make_group(lab.router, "services")
    (folder / "dnsmasq.conf").write_text(dns_settings(lab, name_servers()))
    dns = ("dnsmasq", "--keep-in-foreground", f"--conf-file={folder / 'dnsmasq.conf'}")
    spawn(place, within(lab.router, *dns), folder / "dnsmasq.log")
    (folder / "pebble.json").write_text(json.dumps(acme_settings(lab, folder)))
    acme = ("env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", "pebble")
    asks = ("-config", str(folder / "pebble.json"), "-dnsserver", f"{lab.dns}:53")
    spawn(place, within(lab.router, *acme, *asks), folder / "pebble.log")
    for provider in lab.providers:
        file = folder / f"registry-{provider.name}.json"
        file.write_text(json.dumps(registry_settings(provider, folder)))
        spawn(place, within(lab.router, "docker-registry", "serve", str(file)), file.with_suffix(".log"))
    _wait(kept)


def dns_settings(lab: Lab, upstream: Iterable[str]) -> str:
    """dnsmasq's whole file; the longest name that fits decides (dnsmasq(8), ``--address``)."""
    known = [(provider.domain, provider.nodes[0].address) for provider in lab.providers]
    known += [(f"{node.name}.{node.provider}.test", node.address) for node in lab.nodes]
    return "\n".join(
        (
            *("user=root", "pid-file=", "no-resolv", "no-hosts", "bind-interfaces", "except-interface=wan"),
            *(f"listen-address={lab.dns}", "cache-size=1000", "local=/test/", "log-facility=-"),
            *(f"server={address}" for address in upstream),
            *(f"address=/{name}/{address}" for name, address in (*known, *names(lab))),
            "",
        )
    )


def name_servers() -> tuple[str, ...]:
    """The machine's own name servers that others may ask, too (not those on its loopback)."""
    found: dict[str, None] = {}
    for path in map(Path, RESOLVERS):
        for line in path.read_text().splitlines() if path.exists() else ():
            words = line.split()
            if words[:1] == ["nameserver"] and ":" not in words[1] and not words[1].startswith("127."):
                found[words[1]] = None
    return tuple(found)


def acme_settings(lab: Lab, folder: Path) -> dict[str, object]:
    """pebble's whole file: it visits hosts at the ports that real authorities do."""
    return {
        "pebble": {
            "listenAddress": f"{lab.acme}:14000",
            "managementListenAddress": f"{lab.acme}:15000",
            "certificate": str(folder / "server.crt"),
            "privateKey": str(folder / "server.key"),
            "httpPort": 80,
            "tlsPort": 443,
        }
    }


def registry_settings(provider: Provider, folder: Path) -> dict[str, object]:
    """docker-registry's whole file (it takes YAML, which JSON is)."""
    tls = {"certificate": str(folder / "server.crt"), "key": str(folder / "server.key")}
    return {
        "version": "0.1",
        "log": {"level": "warn"},
        "storage": {
            "filesystem": {"rootdirectory": str(folder / f"images-{provider.name}")},
            "delete": {"enabled": True},
        },
        "http": {"addr": provider.registry, "tls": tls},
    }


def _wait(kept: Kept, seconds: float = 20) -> None:
    addresses = [kept.lab.acme + ":15000/roots/0", *(p.registry + "/v2/" for p in kept.lab.providers)]
    until = time.monotonic() + seconds
    for address in addresses:
        while not ask(kept, f"https://{address}"):
            if time.monotonic() > until or not group(kept.lab.router).is_dir():
                raise Unreachable(f"https://{address}", f"see the logs in {kept.services}")
            time.sleep(0.1)


def ask(kept: Kept, url: str) -> str:
    """What a service of the lab answers; ``""`` when it does not, or shows another certificate than the lab's."""
    import ssl
    from urllib.request import urlopen

    trust = ssl.create_default_context(cafile=str(kept.services / "ca.crt"))
    try:
        with urlopen(url, timeout=5, context=trust) as answer:
            text: str = answer.read().decode()
            return text
    except OSError:
        return ""
