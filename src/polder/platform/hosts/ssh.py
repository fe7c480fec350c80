"""How the SSH server lets people in. Two files before all others in ``sshd_config.d``: the first value that sshd reads holds
(sshd_config(5)). The port is not ours: hosts.yml says where the server listens already.

Names of algorithms are those that the release's own OpenSSH knows (9.2 in bookworm, 10.0 in trixie): sshd refuses a file with one
that it does not know, and then nobody gets in any more.
"""

from __future__ import annotations

from polder.kernel.host import Guard, PutFile, RunScript
from polder.platform.hosts.lines import path
from polder.platform.hosts.view import NOTE, Doing, View, changed, file_changes, leftovers

EXCHANGES = {
    "bookworm": "sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org",
    "trixie": "mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,"
    "curve25519-sha256,curve25519-sha256@libssh.org",
}
CIPHERS = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes128-ctr"
CODES = "hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com"
RELOAD = "systemctl try-reload-or-restart ssh.service"
TAKE_UP = RunScript(f"/usr/sbin/sshd -t\n{RELOAD}")


def ssh_file(user: str, codename: str) -> str:
    """The settings for a host that Polder reaches as ``user``."""
    return f"""# {NOTE}
PermitRootLogin {"prohibit-password" if user == "root" else "no"}
PubkeyAuthentication yes
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
PermitEmptyPasswords no
PermitUserEnvironment no
LoginGraceTime 30
ClientAliveInterval 60
ClientAliveCountMax 3
RequiredRSASize 2048
KexAlgorithms {EXCHANGES[codename]}
Ciphers {CIPHERS}
MACs {CODES}
"""


FORWARDING_FILE = f"""# {NOTE}
# Docker over SSH needs none of these: it speaks through the standard input and output of one command.
AllowTcpForwarding no
AllowStreamLocalForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
GatewayPorts no
"""


def ssh_doings(view: View) -> list[Doing]:
    return [
        *_file(view, "ssh", ssh_file(view.host.user, view.seen.codename)),
        *_file(view, "ssh-forwarding", FORWARDING_FILE),
    ]


def _file(view: View, line: str, content: str) -> list[Doing]:
    if view.refused(line):
        gone, shown = leftovers(view, (path(line),))
        return [Doing(line, f"{line}-gone", (*gone, TAKE_UP), shown, guard=Guard(RELOAD))] if gone else []
    files = changed(view, (PutFile(path(line), content),))
    shown = file_changes(view, files)
    return [Doing(line, line, (*files, TAKE_UP), shown, guard=Guard(RELOAD))] if files else []
