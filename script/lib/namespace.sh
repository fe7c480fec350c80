# shellcheck shell=bash
# Sourced by script/engine and script/hosts: a network of its own for a test engine, so that its ports and bridges meet nobody else's.
# One instance is a number N: namespace polder-tN, interface polder-tN on this side, network 10.87.N.0/24 (this side .254,
# the engine's side .1), state in $POLDER_TEST_STATE/N. POLDER_TEST_NETWORK changes the first two numbers of the network.

TEST_STATE=${POLDER_TEST_STATE:-/var/lib/polder-test}
TEST_NETWORK=${POLDER_TEST_NETWORK:-10.87}

name_of() { printf 'polder-t%s' "$1"; }
ours() { printf '%s.%s.254' "$TEST_NETWORK" "$1"; }
theirs() { printf '%s.%s.1' "$TEST_NETWORK" "$1"; }

network_taken() { # N: somebody else has a route or address there
  ip -4 route show root "$TEST_NETWORK.$1.0/24" | grep -q . || ip -4 -o addr show | grep -qF " $TEST_NETWORK.$1."
}

claim() { # prints the first free number and makes its state folder; the folder is the claim
  local n
  [ "${#TEST_STATE}" -le 50 ] || fail 2 "$TEST_STATE is too long a path: sockets in it could not be opened."
  mkdir -p "$TEST_STATE"
  for n in $(seq 0 99); do
    if [ ! -e "$TEST_STATE/$n" ] && ! network_taken "$n" && [ ! -e "/run/netns/$(name_of "$n")" ] && ! ip link show "$(name_of "$n")" >/dev/null 2>&1 \
      && mkdir "$TEST_STATE/$n" 2>/dev/null; then
      printf '%s' "$n"
      return
    fi
  done
  fail 2 "No free network among $TEST_NETWORK.0.0/24 to $TEST_NETWORK.99.0/24: set POLDER_TEST_NETWORK to two other numbers," \
    "or stop engines that are left with: script/engine stop --test all"
}

rules() { # -I or -D, N: the rules that let the namespace reach out, and only what belongs to it
  local name
  name=$(name_of "$2")
  iptables -w -t nat "$1" POSTROUTING -s "$TEST_NETWORK.$2.0/24" ! -o "$name" -j MASQUERADE
  iptables -w "$1" FORWARD -i "$name" -j ACCEPT
  iptables -w "$1" FORWARD -o "$name" -j ACCEPT
}

make_namespace() { # N
  local name
  name=$(name_of "$1")
  cat /proc/sys/net/ipv4/ip_forward >"$TEST_STATE/$1/ip_forward"
  ip netns add "$name"
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip addr add "$(ours "$1")/24" dev "$name"
  ip link set "$name" up
  ip -n "$name" addr add "$(theirs "$1")/24" dev eth0
  ip -n "$name" link set eth0 up
  ip -n "$name" link set lo up
  ip -n "$name" route add default via "$(ours "$1")"
  rules -I "$1"
  echo 1 >/proc/sys/net/ipv4/ip_forward
}

drop_namespace() { # N: what is not there is no failure
  local name
  name=$(name_of "$1")
  while iptables -w -t nat -C POSTROUTING -s "$TEST_NETWORK.$1.0/24" ! -o "$name" -j MASQUERADE 2>/dev/null; do
    rules -D "$1" 2>/dev/null || break
  done
  ip link del "$name" 2>/dev/null || true
  ip netns del "$name" 2>/dev/null || true
  if [ "$(cat "$TEST_STATE/$1/ip_forward" 2>/dev/null)" = 0 ] && [ "$(instances | wc -l)" -le 1 ]; then
    echo 0 >/proc/sys/net/ipv4/ip_forward
  fi
}

instances() { # numbers with a state folder
  local folder
  for folder in "$TEST_STATE"/*/; do
    [ -d "$folder" ] && basename "$folder"
  done
  return 0
}

run_in_namespace() { # N: starts dockerd with mounts, host name and process numbers of its own; prints the outer process id
  local folder=$TEST_STATE/$1 name
  name=$(name_of "$1")
  mkdir -p "$folder/data" "$folder/exec" "$folder/run-docker"
  [ -e "$folder/daemon.json" ] || printf '{}\n' >"$folder/daemon.json"
  # With --pid --kill-child, ending the outer process ends every container and shim inside, like pulling the plug.
  setsid nsenter --net="/run/netns/$name" unshare --mount --uts --pid --fork --kill-child --mount-proc bash -c '
    set -e
    hostname "$1"; mount --make-rprivate /; mkdir -p /run/docker /run/containerd
    mount --bind "$2/run-docker" /run/docker; mount -t tmpfs tmpfs /run/containerd
    exec dockerd --config-file "$2/daemon.json" --data-root "$2/data" --exec-root "$2/exec" --pidfile "$2/docker.pid" \
      --host "unix://$2/docker.sock" --cgroup-parent "/$1" --exec-opt native.cgroupdriver=cgroupfs' \
    engine "$name" "$folder" >"$folder/log" 2>&1 </dev/null &
  printf '%s\n' "$!" >"$folder/pid"
}

answers() { # SOCKET
  [ -S "$1" ] && curl --silent --fail --max-time 5 --unix-socket "$1" http://engine/_ping >/dev/null 2>&1
}

wait_until_it_answers() { # SOCKET PID LOG
  local rounds=600
  until answers "$1"; do
    if ! kill -0 "$2" 2>/dev/null || [ "$rounds" = 0 ]; then
      note "The engine did not come up. The end of its log ($3):"
      tail -n 15 "$3" >&2
      return 1
    fi
    sleep 0.1
    rounds=$((rounds - 1))
  done
}

started_at() { awk '{print $22}' "/proc/$1/stat" 2>/dev/null; } # tells a process from a later one with the same number

take_stale_away() { # DROP: the function that takes an instance away
  local n id since
  for n in $(instances); do
    read -r id since 2>/dev/null <"$TEST_STATE/$n/owner" || continue
    if [ "$(started_at "$id")" != "$since" ]; then
      note "Taking away test engine $n: its owner is gone."
      "$1" "$n"
    fi
  done
}
