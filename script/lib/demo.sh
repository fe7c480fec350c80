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
  if [ -n "${POLDER_INGRESS:-}" ] || already_up; then return; fi # an ingress elsewhere takes no port here
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
  if [ ! -e "$POLDER_IDENTITY" ]; then
    (umask 077 && age-keygen --output "$POLDER_IDENTITY" 2>/dev/null)
    note "Made an operator's key: $POLDER_IDENTITY. Whoever has it can read the site's secrets."
  fi
  if ! grep -q "$(age-keygen -y "$POLDER_IDENTITY")" "$SITE/site.yml"; then
    polder operator add demo "$(age-keygen -y "$POLDER_IDENTITY")"
  fi
}

remember_swarm() { # --forget undoes only what the demo made
  [ -e "$STATE/swarm-before" ] || docker info --format '{{.Swarm.LocalNodeState}}' >"$STATE/swarm-before"
}

bring_up() {
  local began
  began=$(clock)
  need_root "The demo (it installs packages, builds images and may start an engine)"
  mkdir -p "$STATE"
  step "Machine" "$POLDER_ROOT/script/setup"
  step "Engine" "$POLDER_ROOT/script/engine" start
  remember_swarm
  free_ports
  step "Site" make_site
  step "Is everything here? (polder doctor)" polder doctor
  step "Apply (polder apply --yes)" polder apply --yes
  step "Use every app as its people would (polder app check --all)" polder app check --all
  step "What runs (polder status)" polder status
  tell_what_next
  note ""
  note "The whole demo took $(elapsed "$began")."
}

address() { # where the ingress answers, seen from here
  printf '%s' "${POLDER_INGRESS:-127.0.0.1}"
}

domains() { sed -n 's/^ *domain: *//p' "$SITE"/groups/*.yml; }

tell_what_next() {
  local names
  mapfile -t names < <(domains)
  cat >&2 <<TEXT

The apps answer at
$(printf '  https://%s/\n' "${names[@]}")
from any machine that knows the names. On this one, this line in /etc/hosts is enough:
  $(address) ${names[*]}
or ask once without it, trusting Les Lilas' own certificate authority:
  curl --cacert $SITE/internal-ca.crt --resolve ${names[0]}:443:$(address) https://${names[0]}/
A browser trusts the names after:  polder trust

To sign in:
$(logins)

What to try next (the commands are in $POLDER_VENV/bin):
  export PATH=$POLDER_VENV/bin:\$PATH POLDER_IDENTITY=$POLDER_IDENTITY
  cd $SITE
  polder plan                       # nothing to do
  polder explain jardin/wiki        # what runs where, which data, which secrets, how to look inside
  polder app add velo/carnet --recipe dokuwiki --domain carnet.canard-bleu.test
  polder plan                       # says what that would do; polder apply does it
  polder export jardin/wiki /tmp/wiki-compose   # the way out: a plain Compose project
  $POLDER_ROOT/script/demo --stop   # take it down, data kept; --forget removes every trace
TEXT
}

logins() { # who signs in where, and with what
  login wiki.trois-merles.test admin jardin.wiki.admin-password
  login agenda.canard-bleu.test group velo.agenda.password
}

login() { # DOMAIN USER SECRET
  printf '  https://%-26s %-6s %s\n' "$1/" "$2" "$(polder secret show --yes "$3")"
}

engine_answers() { command -v docker >/dev/null && docker version >/dev/null 2>&1; }

take_down() {
  local began
  began=$(clock)
  need_root "Stopping the demo"
  if [ -e "$SITE/site.yml" ] && engine_answers; then
    step "Services down, data kept (polder down --yes)" polder down --yes
  fi
  "$POLDER_ROOT/script/engine" stop
  note "Stopped in $(elapsed "$began"). script/demo brings it up again; script/demo --forget removes every trace."
}

forget() {
  local began
  began=$(clock)
  need_root "Removing the demo"
  if [ -e "$SITE/site.yml" ] && engine_answers; then
    step "Services and data away (polder down --forget-data les-lilas)" forget_data
    forget_images
    forget_labels
    leave_swarm
  fi
  "$POLDER_ROOT/script/engine" stop --forget
  rm -rf --one-file-system "$STATE"
  note "Every trace is gone ($(elapsed "$began")). Packages and the cache in $POLDER_CACHE stay; --forget-cache removes the cache too."
}

forget_data() { # soon after --stop the engine is still letting go of networks, and a plan made meanwhile no longer fits
  local tries
  for tries in 1 2 3; do
    polder down --forget-data les-lilas --yes && return
    [ "$tries" = 3 ] || sleep 5
  done
  return 1
}

forget_images() { # by the ids that polder.lock names
  local id
  sed -n 's/.*\(sha256:[0-9a-f]\{64\}\).*/\1/p' "$SITE/polder.lock" 2>/dev/null | sort -u | while read -r id; do
    docker image rm "$id" >/dev/null 2>&1 || true
  done
}

forget_labels() { # on the engine's node, as long as they are the demo's and no other site runs
  local name gone=()
  [ "$(docker node inspect self --format '{{index .Spec.Labels "polder.host"}}' 2>/dev/null)" = lilas ] || return 0
  [ -z "$(docker service ls --quiet --filter label=polder.site 2>/dev/null)" ] || return 0
  for name in $(docker node inspect self --format '{{range $name, $value := .Spec.Labels}}{{$name}} {{end}}'); do
    case $name in polder.*) gone+=(--label-rm "$name") ;; esac
  done
  docker node update "${gone[@]}" "$(docker node inspect self --format '{{.ID}}')" >/dev/null
}

leave_swarm() { # only one that the demo began, and that nobody else uses meanwhile
  [ "$(cat "$STATE/swarm-before" 2>/dev/null)" = inactive ] || return 0
  [ -z "$(docker service ls --quiet 2>/dev/null)" ] || return 0
  docker swarm leave --force >/dev/null 2>&1 || true
  docker network rm docker_gwbridge >/dev/null 2>&1 || true
}
