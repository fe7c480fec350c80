# shellcheck shell=bash
# Sourced by script/demo: the demo's parts, each a function that may run again.

step() { # TITLE COMMAND...: shows what the command says, then how long it took
  local title=$1 began status=0
  shift
  began=$(clock)
  note ""
  note "== $title"
  "$@" || status=$?
  [ "$status" = 0 ] || fail "$status" "== $title: stopped after $(elapsed "$began"). What is written above says why."
  note "== $title: $(elapsed "$began")"
}

already_up() { # the ingress that holds the ports is the demo's own
  docker service ls --quiet --filter label=polder.site=les-lilas --filter label=polder.app=polder/ingress 2>/dev/null | grep -q .
}

free_ports() { # the ingress needs both; who holds one is named, and nothing is done
  local port holder busy=""
  already_up && return
  for port in 80 443; do
    holder=$(ss -Hltnp "sport = :$port" 2>/dev/null | head -n 1)
    [ -z "$holder" ] && continue
    busy=yes
    note "Port $port is taken: $(sed -n 's/.*users:((//p' <<<"$holder" | sed 's/).*//; s/"//g')"
  done
  [ -z "$busy" ] || fail 2 "The demo needs ports 80 and 443. Stop what holds them, then run script/demo again."
}

make_site() { # a working copy with a history and an operator of its own
  if [ ! -e "$SITE/site.yml" ]; then
    mkdir -p "$SITE"
    cp -R "$POLDER_ROOT/examples/les-lilas/." "$SITE/"
    git -C "$SITE" init --quiet --initial-branch=main
    git -C "$SITE" config user.name "Les Lilas"
    git -C "$SITE" config user.email "demo@lilas.test"
    git -C "$SITE" add --all
    git -C "$SITE" commit --quiet --message "Les Lilas, as in the example."
    note "Copied the example to $SITE (a git repository of its own)."
  fi
  if [ ! -e "$POLDER_KEY" ]; then
    (umask 077 && polder key new --quiet >"$POLDER_KEY")
    polder operator add demo "$(polder key show)"
    note "Made an operator's key: $POLDER_KEY. Whoever has it can read the site's secrets."
  fi
}

bring_up() {
  local began
  began=$(clock)
  need_root "The demo (it installs packages, builds images and may start an engine)"
  step "Machine" "$POLDER_ROOT/script/setup"
  step "Engine" "$POLDER_ROOT/script/engine" start
  step "Ports 80 and 443" free_ports
  step "Site" make_site
  step "Is everything here? (polder doctor)" polder doctor
  step "Apply (polder apply --yes)" polder apply --yes
  step "Use every app as its people would (polder app check --all)" polder app check --all
  step "What runs (polder status)" polder status
  tell_what_next
  note ""
  note "The whole demo took $(elapsed "$began")."
}

