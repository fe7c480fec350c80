"""The root file system that all hosts of a lab share below their own changes: a bare Debian, made once and kept in the cache.

Bare: systemd, an SSH server, a minimal Python, sudo, and the tools that every installer brings. No Docker. So that later installs need
not wait for downloads, its package cache already holds (not installed) what setting up a host usually installs.
The cache knows it by the suite, the packages and the whole command: ``lab/KEY/root``.
"""

from __future__ import annotations

import time
from pathlib import Path

from polder.kernel.digest import digest_of_data, short
from polder.kernel.problem import Problem, Refused
from polder.lab.machine import Tell
from polder.world.images import cache as store
from polder.world.images import sandbox
from polder.world.images.needs import architecture

NEEDS = 1200 * 2**20
"""Bytes of disk that making one takes at most."""
INSTALLED = (
    *(
        "systemd-sysv",
        "dbus",
        "openssh-server",
        "python3-minimal",
        "sudo",
        "iproute2",
        "iputils-ping",
        "procps",
    ),
    *("ca-certificates", "kmod", "netbase", "apt-utils"),
)
WAITING = {
    "trixie": (
        *("docker.io", "docker-cli", "nftables", "iptables", "wireguard-tools", "wireguard-go"),
        *("unattended-upgrades", "systemd-timesyncd", "chrony", "rsync"),
    ),
    "bookworm": (
        *("docker.io", "nftables", "iptables", "wireguard-tools", "wireguard-go"),
        *("unattended-upgrades", "systemd-timesyncd", "chrony", "rsync"),
    ),
}
"""Downloaded but not installed."""
_CLEAN = 'rm -f "$1"/var/cache/apt/archives/*.deb "$1"/etc/apt/apt.conf.d/99mmdebstrap'
_BARE = 'rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/hostname "$1"/etc/resolv.conf; : > "$1"/etc/machine-id'


def recipe_argv(suite: str, target: Path) -> tuple[str, ...]:
    """The whole ``mmdebstrap`` command."""
    fetch = (
        f'for name in {" ".join(WAITING[suite])}; do chroot "$1" apt-get -y -q --download-only'
        ' --no-install-recommends install "$name" || exit 1; done'
    )
    return (
        *("mmdebstrap", "--variant=minbase", f"--include={','.join(INSTALLED)}"),
        *("--mode=root", "--format=directory", "--skip=output/dev,cleanup/apt/cache,cleanup/apt/lists"),
        "--dpkgopt=force-unsafe-io",
        *("--aptopt=Acquire::Languages \"none\"", "--aptopt=APT::Install-Recommends \"false\""),
        *(f"--customize-hook={_CLEAN}", f"--customize-hook={fetch}", f"--customize-hook={_BARE}"),
        *(suite, str(target)),
    )  # fmt: skip


def key(suite: str) -> str:
    return f"{suite}-{short(digest_of_data([list(recipe_argv(suite, Path('root'))), architecture()]))}"


def provide_root(suite: str, tell: Tell) -> Path:
    """The tree in the cache, made when it is not there; nothing is ever written to it.

    Refused: ``lab.root-failed`` with the last lines of ``mmdebstrap``, ``image.disk-full``.
    """
    cache = store.cache_folder()
    place = cache / "lab" / key(suite)
    with store.locked(cache, f"lab-{key(suite)}", lambda code, values: tell("lab.waiting-for-root", {})):
        if not (place / "root").is_dir():
            _make(cache, place, suite, tell)
    return place / "root"


def _make(cache: Path, place: Path, suite: str, tell: Tell) -> None:
    began = time.monotonic()
    with store.enough_disk(cache, NEEDS), store.work_folder(cache) as work:
        tell("lab.making-root", {"suite": suite})
        made = work / "out"
        made.mkdir()
        (work / "tmp").mkdir()
        argv = recipe_argv(suite, made / "root")
        status, lines = sandbox.run(argv, {"TMPDIR": str(work / "tmp")}, lambda step: None)
        if status != 0:
            raise Refused(
                Problem("lab.root-failed", "", {"lines": "\n".join(f"    {x}" for x in lines[-15:])})
            )
        store.publish(made, place)
    tell("lab.root-made", {"suite": suite, "seconds": round(time.monotonic() - began)})
