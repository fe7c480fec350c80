"""The shell scripts of operations for which pyinfra has nothing that fits. Pure: an operation in, a script out, run as root.

What they have in common: done twice is done once; killed anywhere, the next run completes it; a file appears whole, with its owner
and mode, by one rename; what a user's home holds is written as that user, so that no link there leads root astray.
"""

from __future__ import annotations

import base64

from polder.kernel.host import EnsureAccount, InstallPackages, PutFile, RemoveAccount, RemovePath
from polder.world.hosts.ask import quoted

HEAD = "export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive\nset -eu\n"

LOCK_LIMIT = 300
"""Seconds to wait for another apt or dpkg."""


def put_file(operation: PutFile) -> str:
    """pyinfra's files.put writes into the file itself and sets its mode afterwards; this one is all or nothing."""
    content = base64.encodebytes(operation.content.encode()).decode()
    return f"""{HEAD}umask 022
path={quoted(operation.path)}
folder=$(dirname -- "$path")
mkdir -p -- "$folder"
find "$folder" -maxdepth 1 -name '.polder-??????' -mmin +60 -delete
fresh=$(mktemp -- "$folder/.polder-XXXXXX")
trap 'rm -f -- "$fresh"' EXIT
base64 -d >"$fresh" <<'END'
{content}END
chown -- {quoted(f"{operation.owner}:{operation.group}")} "$fresh"
chmod -- {operation.mode:04o} "$fresh"
state() {{ stat -c '%a %U %G' -- "$1"; }}
if [ -f "$path" ] && [ ! -L "$path" ] && cmp -s -- "$fresh" "$path" && [ "$(state "$fresh")" = "$(state "$path")" ]; then exit 0; fi
sync -- "$fresh"
mv -fT -- "$fresh" "$path"
"""


def remove_path(operation: RemovePath) -> str:
    """pyinfra's files.file stops at a link; here a link is a file like others."""
    return f"{HEAD}rm -f -- {quoted(operation.path)}\n"


def prepare_packages(operation: InstallPackages) -> str:
    """Before pyinfra's apt.packages: finish what was cut off, and fetch the lists when they are older than an hour.

    It has no wait for the lock of the lists, and goes by a stamp that Debian does not write.
    """
    return f"""{HEAD}missing=
for name in {" ".join(quoted(one) for one in operation.names)}; do
  [ "$(dpkg-query -W -f='${{db:Status-Status}}' -- "$name" 2>/dev/null)" = installed ] || missing=yes
done
[ -n "$missing" ] || exit 0
patiently() {{
  end=$(($(date +%s) + {LOCK_LIMIT}))
  until said=$("$@" 2>&1); do
    case $said in *"lock"*) ;; *) printf '%s\\n' "$said" >&2; return 1 ;; esac
    [ "$(date +%s)" -lt "$end" ] || {{ printf '%s\\n' "$said" >&2; return 1; }}
    sleep 2
  done
}}
[ -z "$(dpkg --audit; ls /var/lib/dpkg/updates)" ] || patiently dpkg --force-confdef --force-confold --configure -a
fetched() {{ for file in /var/lib/apt/lists/*Release; do [ -e "$file" ] && return; done; return 1; }}
if ! fetched || [ -z "$(find /var/lib/apt/lists/partial -maxdepth 0 -mmin -60)" ]; then
  patiently apt-get -q -o Acquire::Retries=3 update
fi
"""


def account_keys(operation: EnsureAccount) -> str:
    """After pyinfra's server.user, which would write keys in place, where a cut leaves half a file: keys, sudo, no password.

    A password that somebody set stays; an empty one, with which anybody gets in, does not.
    """
    keys = "".join(f"{key}\n" for key in operation.keys)
    return f"""{HEAD}umask 077
name={quoted(operation.name)}
case $(getent shadow "$name" | cut -d: -f2) in '' | '!' | '!!') usermod -p '*' -- "$name" ;; esac
home=$(getent passwd "$name" | cut -d: -f6)
{_AS_USER}
[ -L "$home/.ssh" ] || [ ! -d "$home/.ssh" ] || chown -h -- "$(id -u "$name"):$(id -g "$name")" "$home/.ssh"
as_user {quoted(_WRITE_KEYS)} {quoted(keys)}
{_sudo(operation)}"""


_AS_USER = """as_user() {
  setpriv --reuid "$(id -u "$name")" --regid "$(id -g "$name")" --clear-groups env HOME="$home" sh -euc "$1" sh "${2:-}"
}"""

_WRITE_KEYS = """cd "$HOME"
mkdir -p .ssh
chmod 700 .ssh
rm -f .ssh/authorized_keys2
if [ -f .ssh/authorized_keys ] && [ ! -L .ssh/authorized_keys ] && [ "$(cat .ssh/authorized_keys; echo .)" = "$1." ]; then
  chmod 600 .ssh/authorized_keys
  exit 0
fi
fresh=$(mktemp .ssh/.polder-XXXXXX)
printf %s "$1" >"$fresh"
sync "$fresh"
mv -fT "$fresh" .ssh/authorized_keys"""


def sudo_file(name: str) -> str:
    """sudo reads no file with a dot in its name.

    >>> sudo_file("ana.v")
    '/etc/sudoers.d/polder-ana_v'
    """
    return f"/etc/sudoers.d/polder-{name.replace('.', '_')}"


def _sudo(operation: EnsureAccount) -> str:
    file = quoted(sudo_file(operation.name))
    if not operation.sudo:
        return f"rm -f -- {file}\n"
    return f"""mkdir -p /etc/sudoers.d
fresh=$(mktemp /etc/sudoers.d/.polder-XXXXXX)
trap 'rm -f -- "$fresh"' EXIT
printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\\n' "$name" >"$fresh"
chmod 440 "$fresh"
visudo -cqf "$fresh"
mv -fT -- "$fresh" {file}
"""


def remove_account(operation: RemoveAccount) -> str:
    """pyinfra's server.user gives up when a process of the account still runs, and knows of neither keys nor sudo."""
    return f"""{HEAD}name={quoted(operation.name)}
rm -f -- {quoted(sudo_file(operation.name))} "/var/lib/systemd/linger/$name" "/var/spool/cron/crontabs/$name"
getent passwd "$name" >/dev/null || exit 0
home=$(getent passwd "$name" | cut -d: -f6)
uid=$(id -u "$name")
[ "$uid" != 0 ] || {{ echo "root is not removed" >&2; exit 1; }}
{_AS_USER}
usermod -L -e 1 -- "$name"
as_user 'cd "$HOME" && rm -f .ssh/authorized_keys .ssh/authorized_keys2' 2>/dev/null || true
for round in 1 2 3 4 5 6 7 8 9 10; do
  left=$(find /proc -maxdepth 1 -name '[0-9]*' -uid "$uid" -printf '%f ' 2>/dev/null) || true
  [ -n "$left" ] || break
  kill -KILL $left 2>/dev/null || true
  sleep 0.2
done
userdel -- "$name"
"""
