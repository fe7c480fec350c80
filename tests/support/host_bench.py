"""Hosts to test on: two that work and four that do not, real ones of a lab or their twin in memory; the same names in both.

``one`` and ``two`` work. ``silent`` takes connections and says nothing, ``closed`` does not answer, ``wrong`` shows another key than the
site names, ``stranger`` lets nobody in.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import yaml

from polder.kernel.host import (
    Account,
    Guard,
    HostOperation,
    Hosts,
    HostSeen,
    HostWork,
    Question,
    Reach,
    RunScript,
    UnitSeen,
)
from polder.world.hosts import open_hosts
from polder.world.hosts.memory import MemoryHosts, failed
from support.lab import Lab, start_lab, stop_lab

DEADLINE = 5.0

CUT = RunScript("""nft -f - <<'END'
table inet polder_test {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
  }
}
END""")
"""A firewall as people write it by mistake: who is in stays in, and nobody gets in any more."""

UNCUT = "nft delete table inet polder_test"


@dataclass
class Bench:
    """``mark``: a word of this test alone, for names of files and accounts."""

    hosts: Hosts
    lab: Lab | None
    mark: str

    def path(self, name: str = "file") -> str:
        return f"/etc/polder-test/{self.mark}/{name}"

    def look(self, host: str = "one", **asked: tuple[str, ...]) -> HostSeen:
        found = self.hosts.look({host: Question(**asked)})[host]
        assert isinstance(found, HostSeen), found
        return found

    def run(
        self,
        *operations: HostOperation,
        host: str = "one",
        guard: Guard | None = None,
        known: Mapping[str, str] | None = None,
    ) -> Mapping[str, str]:
        self.said: list[str] = []
        return self.hosts.run(HostWork(host, operations, guard), known or {}, self.said.append)

    def power_cut(self, host: str, after: float = 1.0) -> threading.Thread | None:
        """The host loses its power while what comes next runs there."""
        if self.lab is None:
            assert isinstance(self.hosts, MemoryHosts)
            self.hosts.power_cut(host)
            return None
        cut = threading.Thread(target=self._cut_later, args=(f"alder-{1 if host == 'one' else 2}", after))
        cut.start()
        return cut

    def _cut_later(self, host: str, after: float) -> None:
        assert self.lab is not None
        time.sleep(after)
        self.lab.kill(host)

    def revive(self, host: str) -> None:
        if self.lab is not None:
            self.lab.revive(f"alder-{1 if host == 'one' else 2}")
        elif isinstance(self.hosts, MemoryHosts):
            self.hosts.back(host)


def twin() -> MemoryHosts:
    """Hosts as a fresh Debian shows itself, and the four that do not work."""
    root = Account("root", 0, "/root", "/bin/bash", ("root",), "none", ("ssh-ed25519 AAAA root",), True)
    fresh = HostSeen(
        "one",
        hostname="alder-1",
        system="debian",
        release="13",
        codename="trixie",
        architecture="amd64",
        kernel="6.12.43-1-amd64",
        boot_id="a1",
        init="systemd",
        cpus=2,
        memory=2**32,
        addresses=("192.0.2.1",),
        accounts=(root,),
        units={"ssh.service": UnitSeen("enabled", "active")},
        packages={"openssh-server": "1:10.0p1-7"},
        sysctls={"kernel.ostype": "Linux"},
    )
    names = ("one", "two", "silent", "closed", "wrong", "stranger")
    hosts = MemoryHosts({name: replace(fresh, name=name) for name in names}, on_script)
    hosts.hangs("silent")
    hosts.away("closed", "Connection refused")
    hosts.wrong_key("wrong")
    hosts.no_entry("stranger")
    hosts.cuts_off(lambda _, operation: operation == CUT)
    return hosts


def on_script(seen: HostSeen, operation: RunScript) -> tuple[HostSeen, str] | None:
    """What the suite's own scripts do."""
    if operation.script == "false":
        raise failed(seen.name, "false")
    words = operation.script.split()
    return (seen, words[-1]) if "echo " in operation.script else None


def reaches(lab: Lab, silence: int) -> dict[str, Reach]:
    """The lab's two hosts, and four ways not to come in."""
    found = yaml.safe_load((lab.site("alder") / "hosts.yml").read_text())
    keys = {name: str(host["host-key"]) for name, host in found.items()}
    one = Reach("one", lab.address("alder-1"), host_key=keys["alder-1"])
    two = Reach("two", lab.address("alder-2"), host_key=keys["alder-2"])
    silent = replace(one, name="silent", address="127.0.0.1", port=silence)
    others = (
        silent,
        replace(silent, name="closed", port=1),
        replace(one, name="wrong", host_key=two.host_key),
    )
    made = (one, two, *others, replace(two, name="stranger", user="nobody-by-this-name"))
    return {reach.name: reach for reach in made}


def real_benches() -> Iterator[Callable[[], Bench]]:
    """For a fixture: makes benches on the two hosts of a lab, which is taken away afterwards.

    ``POLDER_TEST_SUITE=bookworm`` has them run Debian 12.
    """
    lab, before = start_lab(1, 2, suite=os.environ.get("POLDER_TEST_SUITE", "trixie")), dict(os.environ)
    os.environ.update(lab.environment)
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            open_hosts(reaches(lab, server.getsockname()[1]), DEADLINE) as hosts,
        ):
            yield lambda: Bench(hosts, lab, _mark())
    finally:
        os.environ.clear()
        os.environ.update(before)
        stop_lab(lab)


def twin_bench() -> Bench:
    return Bench(twin(), None, _mark())


def _mark() -> str:
    return f"t{secrets.token_hex(4)}"
