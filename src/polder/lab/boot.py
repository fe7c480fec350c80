"""What a host's machine is, before and while it runs: the files of a fresh installation, and the container that boots them.

Rules: the common root is never written to; a host's changes are in its own upper folder and outlast its power. Docker's data is on the
machine's real file system, because an overlay cannot stand on an overlay. Mounts are made in the container's own mount namespace:
when its processes end, nothing is left mounted.
"""

from __future__ import annotations

from pathlib import Path

from polder.lab.machine import run
from polder.lab.model import Node
from polder.lab.spawn import within
from polder.lab.state import Kept

REBOOT = 133
"""With this status ``systemd-nspawn --keep-unit`` says that the host wants to start again."""
_TRUSTED = "etc/ssl/certs/ca-certificates.crt"


def install(kept: Kept, node: Node, key: str) -> None:
    """The files that make a host out of the common root: its name, its own SSH host key, ``key`` for root's logins."""
    upper = kept.host(node.name) / "upper"
    for folder in ("work", "docker"):
        (upper.parent / folder).mkdir(parents=True, exist_ok=True)
    authority = (kept.services / "ca.crt").read_text()
    _write(upper / "etc/hostname", f"{node.name}\n")
    _write(upper / "etc/hosts", hosts_file(node))
    _write(upper / "etc/resolv.conf", f"search {node.provider}.test\nnameserver {kept.lab.dns}\n")
    _write(upper / "usr/local/share/ca-certificates/polder-lab.crt", authority)
    _write(upper / _TRUSTED, (kept.root / _TRUSTED).read_text() + authority)
    _write(upper / "root/.ssh/authorized_keys", key + "\n", 0o600)
    for name in ("root", "root/.ssh"):
        (upper / name).chmod(0o700)
    _host_key(upper / "etc/ssh")


def hosts_file(node: Node) -> str:
    return f"127.0.0.1 localhost\n{node.address} {node.name}.{node.provider}.test {node.name}\n"


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _host_key(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / "ssh_host_ed25519_key")])


def host_key(kept: Kept, node: Node) -> str:
    """The public key that the host shows: ``ssh-ed25519 AAAA...``."""
    file = kept.host(node.name) / "upper/etc/ssh/ssh_host_ed25519_key.pub"
    return " ".join(file.read_text().split()[:2])


def boot_argv(kept: Kept, node: Node) -> tuple[str, ...]:
    """The command that is the host: a mount namespace with its root, and systemd in it. Ends when the host does.

    It begins in the host's network already: systemd-nspawn mounts /sys before it goes where ``--network-namespace-path`` says.
    """
    place = kept.host(node.name)
    layers = f"lowerdir={kept.root},upperdir={place / 'upper'},workdir={place / 'work'}"
    script = f'mkdir -p "$1" && mount -t overlay overlay -o "{layers}" "$1" && shift && exec "$@"'
    return (
        *within(node.namespace, "unshare", "--mount", "--propagation", "slave"),
        *("sh", "-ec", script, "host", str(place / "root")),
        *("env", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1", "SYSTEMD_NSPAWN_API_VFS_WRITABLE=1"),
        "SYSTEMD_NSPAWN_LOCK=0",
        *("systemd-nspawn", "--quiet", "--boot", f"--directory={place / 'root'}"),
        *(f"--machine={node.machine}", f"--hostname={node.name}", "--register=no", "--keep-unit"),
        *("--console=read-only", "--resolv-conf=off", "--timezone=off", "--link-journal=no"),
        f"--network-namespace-path=/run/netns/{node.namespace}",
        *("--capability=all", "--system-call-filter=add_key keyctl bpf"),
        *(f"--bind={place / 'docker'}:/var/lib/docker", "--bind=/dev/net/tun"),
    )
