# shellcheck shell=bash
# Sourced by the scripts beside this folder: where things are, plain progress with times, plain failures.
# Progress goes to standard error, so that standard output holds only what was asked for.

POLDER_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
POLDER_VENV=${POLDER_VENV:-$POLDER_ROOT/.venv}

note() { printf '%s\n' "$*" >&2; }

fail() { # STATUS SENTENCE...
  local status=$1
  shift
  note "$@"
  exit "$status"
}

clock() { local now=${EPOCHREALTIME/[.,]/}; printf '%s' "$now"; } # microseconds

elapsed() { # BEGAN: "12.3 s" since then
  local tenths=$((($(clock) - $1) / 100000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

part() { # TITLE COMMAND...: runs it quietly, says how long it took; its output is shown when it fails
  local title=$1 began log status=0
  shift
  began=$(clock)
  log=$(mktemp)
  printf '  %-58s' "$title" >&2
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" = 0 ]; then
    printf '%9s\n' "$(elapsed "$began")" >&2
  else
    printf 'FAILED after %s\n' "$(elapsed "$began")" >&2
    tail -n 40 "$log" | sed 's/^/    /' >&2
  fi
  rm -f "$log"
  return "$status"
}

need_root() { # WHAT
  [ "$(id -u)" = 0 ] || fail 2 "$1 needs root: run it with sudo."
}
