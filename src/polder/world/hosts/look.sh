# One look at a Debian host, run as root by any POSIX shell, in one round trip. Needs only Debian's essential packages; asks
# systemctl, sshd, nft, wg, apt and docker when they are there. Changes nothing (apt may renew its own cache in /var/cache/apt).
# Before it come: mark (no line of the host's own can begin with it) and, one a line, paths, units, packages, sysctls.
# A section begins with "$mark name"; read.py gives it meaning. No password's hash and no private key is ever written.
# A process costs about two milliseconds: shell built-ins and one awk for many lines come first.
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
section() { printf '%s %s\n' "$mark" "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
line_of() { [ -r "$2" ] && read -r line <"$2" && printf '%s=%s\n' "$1" "$line"; }

host() {
  architecture=$(dpkg --print-architecture)
  section host
  printf 'uid=%s\nkernel=%s\narchitecture=%s\n' "$(id -u)" "$(uname -r)" "$architecture"
  line_of hostname /proc/sys/kernel/hostname
  line_of boot /proc/sys/kernel/random/boot_id
  line_of init /proc/1/comm
  line_of uptime /proc/uptime
  line_of apparmor /sys/module/apparmor/parameters/enabled
  line_of mesh /etc/wireguard/polder0.pub
  echo "taken=$taken"
  printf 'cpus=%s\naddresses=%s\n' "$(nproc)" "$(hostname -I)"
  [ ! -e /run/reboot-required ] || echo reboot=required
  [ ! -e /var/lib/polder/guard/note ] || echo guard=taken-back
  if [ -L /var/lib/polder/guard/pending ] || [ -L /var/lib/polder/guard/taking ]; then echo guard=pending; fi
  ! have systemd-detect-virt || printf 'virtual=%s\n' "$(systemd-detect-virt)"
  clock
  wireguard
  for file in /var/lib/apt/lists/*Release; do
    [ ! -e "$file" ] || { stat -c lists=%Y /var/lib/apt/lists/partial; break; }
  done
  section system
  cat /etc/os-release
  section memory
  cat /proc/meminfo
}

clock() { # adjtimex(2), reading only: 5 means that nobody keeps the clock. The call's number is the architecture's own.
  case $architecture in amd64) n=159 ;; i386 | armhf | armel) n=124 ;; arm64 | riscv64) n=171 ;; *) n= ;; esac
  if [ -n "$n" ]; then
    perl -e '$b = "\0" x 256; print "clock=", syscall(int($ARGV[0]), $b), "\n"' "$n"
  elif have timedatectl; then
    printf 'clock=%s\n' "$(timeout 2 timedatectl show -p NTPSynchronized --value)"
  fi
}

wireguard() {
  if [ -d /sys/module/wireguard ] || [ -n "$(find "/lib/modules/$(uname -r)" -name 'wireguard.ko*' -print -quit)" ]; then
    echo wireguard=kernel
  elif [ -c /dev/net/tun ]; then
    echo wireguard=userspace
  fi
}

accounts() {
  section passwd
  cut -d: -f1,3,4,6,7 /etc/passwd
  section group
  cut -d: -f1,3,4 /etc/group
  section shadow
  awk -F: 'function state(p) { if (p == "") return "empty"; if (p ~ /^!+[^!*]/) return "locked"
      if (p ~ /^[!*]/) return "none"; return "set" }
    FILENAME == "/etc/shadow" { seen[$1] = state($2); next }
    { print $1, $2 == "x" ? ($1 in seen ? seen[$1] : "none") : state($2) }' /etc/shadow /etc/passwd
  awk -F: -v patterns="$(printf '%s\n' "$sshd" | sed -n 's/^authorizedkeysfile //p')" '
    BEGIN { if (patterns == "" || patterns == "none") patterns = ".ssh/authorized_keys .ssh/authorized_keys2"; n = split(patterns, pattern, " ") }
    { for (i = 1; i <= n; i++) { file = pattern[i]; gsub(/%h/, $6, file); gsub(/%u/, $1, file); gsub(/%U/, $3, file); gsub(/%%/, "%", file)
        print $1 ":" (file ~ /^\// ? file : $6 "/" file) } }' /etc/passwd |
    while IFS=: read -r name file; do
      [ -f "$file" ] || continue
      section keys "$name"
      timeout 2 head -c 100000 "$file" | grep -aE '^[^#]*(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ +AAAA'
    done
}

sockets() { # what waits for others, from the kernel itself; then who holds it
  for table in tcp tcp6 udp udp6; do section "sockets $table"; cat "/proc/net/$table"; done | awk '
    / (0A|07) / && $1 ~ /:$/ { if ($4 == "0A" || $4 == "07") print $2, $4, $10; next } !/local_address/'
  section owners
  find /proc/[0-9]*/fd -lname 'socket:*' -printf '%h %l\n' | awk '
    FILENAME != "-" { if ($4 == "0A" || $4 == "07") wanted["socket:[" $10 "]"] = 1; next }
    $2 in wanted { split($1, part, "/"); file = "/proc/" part[3] "/comm"; if ((getline name < file) > 0) print $2, name; close(file) }
    ' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 - | sort -u
}

files() {
  section files
  [ -z "$paths" ] || printf '%s\n' "$paths" | tr '\n' '\0' | xargs -0 stat -L -c '%a %U %G %F:%n' --
  section digests
  [ -z "$paths" ] || printf '%s\n' "$paths" | tr '\n' '\0' | xargs -0 sha256sum -z -- | tr '\0' '\n'
  section mounts
  timeout 3 df -l -B1 --output=fstype,size,used,itotal,iused,source,target
}

units() {
  section units
  [ -d /run/systemd/system ] || return 0
  [ -z "$units" ] || printf '%s\n' "$units" | tr '\n' '\0' |
    xargs -0 timeout 5 systemctl show -p LoadState,UnitFileState,ActiveState --
  section failed
  timeout 5 systemctl list-units --state=failed --plain --no-legend --no-pager
}

packages() {
  section packages
  { [ -z "$packages" ] || printf '%s\n' "$packages"; echo 'linux-image-[0-9]*'; } | tr '\n' '\0' |
    xargs -0 dpkg-query -W -f='${db:Status-Status} ${Package} ${Version}\n' --
}

settings() {
  section sysctls
  [ -z "$sysctls" ] || printf '%s\n' "$sysctls" | awk '{ file = $0; gsub(/\./, "/", file); file = "/proc/sys/" file
    if ((getline value < file) > 0) print $0, value; close(file) }'
  section sshd
  printf '%s\n' "$sshd"
}

network() {
  section firewall
  ! have nft || timeout 5 nft -s list table inet polder
  section ruleset
  ! have nft || timeout 5 nft -s -t list ruleset
  section mesh
  ! have wg || timeout 5 wg show polder0 allowed-ips
}

engine() { # never starts a daemon that sleeps behind its socket
  section docker
  have dockerd || return 0
  printf 'version=%s\n' "$(dpkg-query -W -f='${Version}' docker.io || dockerd --version | sed 's/.*version \([^,]*\).*/\1/')"
  tr -d ' \t\n' </etc/docker/daemon.json | grep -oE '"(log-driver|max-size)":"[^"]*"'
  own=$(readlink /proc/self/ns/pid)
  for id in $(pidof dockerd); do
    [ "$(readlink "/proc/$id/ns/pid")" = "$own" ] || continue
    timeout 5 docker -H unix:///var/run/docker.sock info --format 'server={{.ServerVersion}}
live={{.LiveRestoreEnabled}}
containers={{.ContainersRunning}}
swarm={{.Swarm.LocalNodeState}}
manager={{.Swarm.ControlAvailable}}
node={{.Swarm.NodeID}}
address={{.Swarm.NodeAddr}}'
    break
  done
}

certificates() { # only what stands between the first BEGIN and END CERTIFICATE
  for file in /etc/letsencrypt/live/*/cert.pem /etc/ssl/private/*.pem /etc/ssl/private/*.crt /etc/ssl/local/*.pem /etc/polder/*.crt \
    /etc/nginx/ssl/*.crt /etc/nginx/ssl/*.pem /etc/apache2/ssl/*.crt /var/lib/caddy/.local/share/caddy/certificates/*/*/*.crt; do
    [ -f "$file" ] || continue
    section certificate "$file"
    timeout 2 awk '/-----BEGIN CERTIFICATE-----/ { on = 1; next } /-----END CERTIFICATE-----/ { exit } on' "$file"
  done
}

open_keys() { # private keys that a stranger on the host can read: names only
  section open
  {
    find /etc -xdev -type f -size -64k -perm -004 \( -name '*key*' -o -name '*.pem' -o -name 'id_*' -o -path '*/wireguard/*' \) -print
    cut -d: -f6 /etc/passwd | sort -u | while IFS= read -r home; do
      [ ! -d "$home/.ssh" ] || find "$home/.ssh" -xdev -maxdepth 1 -type f -size -64k -perm -004 -print
    done
  } | tr '\n' '\0' | xargs -0 -r timeout 5 grep -lsE -e '-----BEGIN [A-Z ]*PRIVATE KEY-----' -e '^PrivateKey *=' -- |
    while IFS= read -r file; do
      ! setpriv --reuid 65534 --regid 65534 --clear-groups test -r "$file" || printf '%s\n' "$file"
    done
}

upgrades() {
  section upgrades
  ! have apt || timeout 10 apt list --upgradable
}

quick() {
  taken=$(date +%s.%N)
  sshd=$(sshd -T)
  host; accounts; sockets; files; units; packages; settings; network; certificates; open_keys
}

# The two slow questions run beside all the others; a pipe keeps their answers until it is their turn.
umask 077
exec 2>/dev/null
upgrades </dev/null | {
  engine </dev/null | {
    quick </dev/null
    cat
  }
  cat
  section end
} | gzip -c1 | base64 -w 0
