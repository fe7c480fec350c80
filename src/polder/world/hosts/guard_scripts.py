"""The way back of a guarded work, as scripts for the host's shell. Pure.

On the host, below ``/var/lib/polder/guard`` (root's alone):

- ``<id>/``: what was there before (``path.1`` a name, ``old.1`` the thing, missing when there was none), ``undo``, ``until``, ``back``;
- ``pending`` -> ``<id>``: a link that exists while the work waits for its confirmation. There is one at most. Making it arms, taking
  it away decides: to confirm and to take back both begin by renaming it, and only one of them can;
- ``note``: when the last one was taken back and why; gone once another is confirmed.

What takes it back: a timer of systemd (without systemd: a process of its own session); and at the next start of the machine a unit
that restores the files before the network is set up, because a power cut within the minute leaves nobody to confirm. Without
systemd a power cut is not covered.
"""

from __future__ import annotations

from polder.kernel.host import (
    EnsureAccount,
    Guard,
    HostOperation,
    PutFile,
    RemoveAccount,
    RemovePath,
)
from polder.world.hosts.ask import quoted
from polder.world.hosts.shell import HEAD, sudo_file

ROOT = "/var/lib/polder/guard"
UNIT = "/etc/systemd/system/polder-guard.service"
PASSWORDS = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid")

_BACK = r"""# Takes a guarded change back: sh back [boot]. Made by Polder; see docs/decisions/0012.
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(dirname "$here")
id=$(basename "$here")
if [ "$(readlink "$root/pending")" = "$id" ]; then mv -T "$root/pending" "$root/taking" || exit 0; fi
[ "$(readlink "$root/taking")" = "$id" ] || exit 0
[ "${1:-}" = boot ] || mkdir "/run/polder-guard-$id" || exit 0
[ -e "$here/note" ] || {
  date '+%Y-%m-%d %H:%M:%S %Z'
  case ${1:-} in
    boot) echo 'The machine was started anew before anybody confirmed the change.' ;;
    now) echo 'The change did not go through.' ;;
    *) echo 'Nobody confirmed the change in time.' ;;
  esac
} >"$here/note"
for name in "$here"/path.*; do
  [ -e "$name" ] && [ "${1:-}" != undo ] || continue
  path=$(cat "$name")
  old=$here/old.${name##*.}
  if [ -e "$old" ] || [ -L "$old" ]; then
    mkdir -p "$(dirname "$path")"
    cp -aT "$old" "$path.polder-back" && mv -fT "$path.polder-back" "$path" && echo "restored: $path" >>"$here/note"
  else
    rm -f "$path" && echo "removed: $path" >>"$here/note"
  fi
done
sync
finish() {
  sh "$here/undo" >"$here/said" 2>&1 || echo "undo ended with $?" >>"$here/said"
  tail -n 5 "$here/said" >>"$here/note"
  mv -fT "$here/note" "$root/note"
  rm -f "$root/taking" /etc/systemd/system/sysinit.target.wants/polder-guard.service
  rm -rf "$here"
}
case ${1:-} in
  boot) # the files before the network; what undo asks of other units, once they may answer
    systemctl daemon-reload
    systemd-run --quiet --no-block --collect --unit "polder-guard-undo-$id" -p After=multi-user.target sh "$here/back" undo ;;
  *) finish ;;
esac
"""

_UNIT_TEXT = f"""[Unit]
Description=Take back a change of Polder that nobody confirmed before the machine was started anew
ConditionPathIsSymbolicLink=|{ROOT}/pending
ConditionPathIsSymbolicLink=|{ROOT}/taking
DefaultDependencies=no
RequiresMountsFor={ROOT} /etc
After=local-fs.target
Before=sysinit.target network-pre.target nftables.service polder-firewall.service ssh.service shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'for kind in taking pending; do [ ! -L {ROOT}/$kind ] || sh {ROOT}/$kind/back boot; done'
"""


def arm(identity: str, guard: Guard, operations: tuple[HostOperation, ...]) -> str:
    """Keep what is there and start the clock. Writes ``armed``, or ``pending SECONDS`` when another change waits."""
    paths = "".join(f"keep {quoted(one)}\n" for one in _paths(operations))
    accounts = "".join(
        f"keep_account {quoted(one.name)}\n"
        for one in operations
        if isinstance(one, EnsureAccount | RemoveAccount)
    )
    return f"""{HEAD}umask 077
mkdir -p {ROOT}
cd {ROOT}
for kind in pending taking; do
  [ -L $kind ] || continue
  left=$(($(cat $kind/until 2>/dev/null || echo 0) - $(date +%s)))
  if [ "$left" -gt -30 ]; then echo "pending $((left > 0 ? left : 1))"; exit 0; fi
  if [ -e $kind/back ]; then sh $kind/back >/dev/null 2>&1; else rm -f $kind; fi
done
find . -mindepth 1 -maxdepth 1 -type d -mmin +60 -exec rm -rf {{}} +
here={ROOT}/{identity}
mkdir "$here"
count=0
keep() {{
  count=$((count + 1))
  printf %s "$1" >"$here/path.$count"
  if [ -e "$1" ] || [ -L "$1" ]; then cp -aT -- "$1" "$here/old.$count"; fi
}}
keep_account() {{
  home=$(getent passwd "$1" | cut -d: -f6)
  [ -z "$home" ] || for file in authorized_keys authorized_keys2; do keep "$home/.ssh/$file"; done
}}
{paths}{accounts}printf %s {quoted(HEAD + guard.undo + chr(10))} >"$here/undo"
printf %s {quoted(_BACK)} >"$here/back"
echo $(($(date +%s) + {guard.seconds})) >"$here/until"
if [ -d /run/systemd/system ]; then
  umask 022
  printf %s {quoted(_UNIT_TEXT)} >{UNIT}
  mkdir -p /etc/systemd/system/sysinit.target.wants
  ln -sf {UNIT} /etc/systemd/system/sysinit.target.wants/polder-guard.service
fi
sync
ln -sT {identity} pending || {{ rm -rf "$here"; echo 'pending 1'; exit 0; }}
if [ -d /run/systemd/system ]; then
  systemd-run --quiet --collect --unit polder-guard-{identity} --on-active={guard.seconds} --timer-property=AccuracySec=100ms \\
    sh "$here/back"
else
  setsid sh -c 'sleep {guard.seconds}; exec sh "$1"' sh "$here/back" </dev/null >/dev/null 2>&1 &
fi
echo armed
"""


def _paths(operations: tuple[HostOperation, ...]) -> list[str]:
    """What these operations write or remove and can be known here; keys are found where the account lives."""
    found: list[str] = []
    for one in operations:
        if isinstance(one, PutFile | RemovePath):
            found.append(one.path)
        elif isinstance(one, EnsureAccount | RemoveAccount):
            found.append(sudo_file(one.name))
            found += PASSWORDS if isinstance(one, RemoveAccount) else ()
    return list(dict.fromkeys(found))


def confirm(identity: str) -> str:
    """Keep the change. Writes ``confirmed``, or ``taken`` and the note when it is too late."""
    return f"""{HEAD}cd {ROOT}
if [ "$(readlink pending)" = {identity} ] && mv -T pending confirmed; then
  systemctl stop polder-guard-{identity}.timer 2>/dev/null || true
  rm -f note confirmed /etc/systemd/system/sysinit.target.wants/polder-guard.service
  rm -rf {identity}
  echo confirmed
else
  {_taken(identity)}
fi
"""


def take_back(identity: str) -> str:
    """Take the change back now, not when its time is over. Writes ``taken`` and the note."""
    return f"""{HEAD}cd {ROOT}
[ ! -e {identity}/back ] || sh {identity}/back now >/dev/null 2>&1
systemctl stop polder-guard-{identity}.timer 2>/dev/null || true
{_taken(identity)}
"""


def _taken(identity: str) -> str:
    """Wait until it is; at a start of the machine that is when everything runs."""
    return f"""for round in $(seq 60); do [ "$(readlink taking)" = {identity} ] || break; sleep 0.5; done
echo taken
cat note 2>/dev/null || true"""
