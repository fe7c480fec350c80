# shellcheck shell=bash
# Sourced by script/engine: what an engine leaves behind when it ends, and how to take it away.

process_is() { # PID TEXT: the process lives and TEXT stands in one of its arguments
  [ -n "$1" ] && grep -qsaF -- "$2" "/proc/$1/cmdline"
}

processes_naming() { # TEXT: process ids with TEXT in one of their arguments, but for the search itself
  local file
  for file in $(grep -lsaF -- "$1" /proc/[0-9]*/cmdline); do
    file=${file%/cmdline}
    if process_is "${file#/proc/}" "$1"; then printf '%s\n' "${file#/proc/}"; fi
  done
}

wait_gone() { # SECONDS PID...: status 1 when one of them still lives after that
  local rounds=$(($1 * 10)) id alive
  shift
  while [ "$rounds" -gt 0 ]; do
    alive=""
    for id in "$@"; do kill -0 "$id" 2>/dev/null && alive=yes; done
    [ -n "$alive" ] || return 0
    sleep 0.1
    rounds=$((rounds - 1))
  done
  return 1
}

end_processes() { # FOLDER CGROUP: ends, hard, what still runs of the engine of that folder (containerd, shims, containers)
  local ids
  mapfile -t ids < <(processes_naming "$1/exec"; processes_in_cgroup "$2")
  [ "${#ids[@]}" -gt 0 ] || return 0
  kill -9 "${ids[@]}" 2>/dev/null || true
  wait_gone 10 "${ids[@]}" || true
}

processes_in_cgroup() { # NAME: in every hierarchy (version 1) or the only one (version 2)
  find /sys/fs/cgroup/*/"$1" /sys/fs/cgroup/"$1" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u || true
}

unmount_below() { # FOLDER: deepest first
  awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r | while read -r target; do
    umount -l "$target" 2>/dev/null || true
  done
}

remove_cgroups() { # NAME: empty control groups stay when an engine is ended hard
  local top
  for top in /sys/fs/cgroup/*/"$1" /sys/fs/cgroup/"$1"; do
    if [ -d "$top" ]; then find "$top" -depth -type d -exec rmdir {} \; 2>/dev/null || true; fi
  done
}

docker_rules() { # TABLE: the rules and chains that dockerd makes for itself, as iptables would add them
  iptables -w -t "$1" -S 2>/dev/null | grep -E -- 'DOCKER|docker0|docker_gwbridge' || true
}

drop_docker_rules() {
  local table line words
  for table in filter nat; do
    docker_rules "$table" | sed -n 's/^-A/-D/p' | while read -r line; do
      read -ra words <<<"$line"
      iptables -w -t "$table" "${words[@]}" 2>/dev/null || true
    done
    docker_rules "$table" | sed -n 's/^-N/-X/p' | while read -r line; do
      read -ra words <<<"$line"
      iptables -w -t "$table" "${words[@]}" 2>/dev/null || true
    done
  done
  # Rules for bridges without the name docker0 (container networks) carry the addresses of networks that are gone now.
  ip link del docker_gwbridge 2>/dev/null || true
  ip link del docker0 2>/dev/null || true
}
