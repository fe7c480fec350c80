"""The mesh: a WireGuard interface ``polder0`` on each host, a peer for each other host, and Swarm's traffic inside.

1. The private key is made on its host, readable by root alone, and never leaves it. Only the public one is known here.
2. Each host is reached at exactly its mesh address (one address, no network): a host cannot speak for another.
3. A change of peers is given to the running interface (``wg syncconf``): nothing that is up is cut. Who is no longer in hosts.yml is
   taken out by that.
4. A peer that does not answer just now keeps the key that the others hold for it. One whose key nobody knows yet waits.
5. A kernel without WireGuard gets Debian's wireguard-go, which wg-quick(8) starts by itself.
"""

from __future__ import annotations

from polder.kernel.host import PutFile, RemovePath, RunScript, SetUnit
from polder.kernel.problem import Problem
from polder.platform.hosts.lines import path
from polder.platform.hosts.neighbours import INTERFACE, MESH_PORT, in_mesh, mesh_peers
from polder.platform.hosts.view import NOTE, Doing, Operations, View, changed, file_changes, leftovers
from polder.platform.plan.model import Change
from polder.platform.site.model import Host

UNIT = f"wg-quick@{INTERFACE}.service"
CONFIG, PUBLIC = path("mesh"), path("mesh", 1)
PRIVATE = "/etc/wireguard/polder0.key"
MAKE_KEY = f"""umask 077
mkdir -p /etc/wireguard
[ -s {PRIVATE} ] || {{ wg genkey >{PRIVATE}.new && mv {PRIVATE}.new {PRIVATE}; }}
wg pubkey <{PRIVATE} >{PUBLIC}.new
chmod 644 {PUBLIC}.new
mv {PUBLIC}.new {PUBLIC}
cat {PUBLIC}"""


Keys = tuple[tuple[Host, str], ...]
"""Peers, each with its public key or the placeholder of one."""


def mesh_problems(view: View) -> list[Problem]:
    """A host that should be in the mesh and cannot, or must not leave it or change its address there."""
    name, where = view.host.name, view.host.where
    if in_mesh(view.host) and view.seen.wireguard == "none":
        return [Problem("profile.no-wireguard", where, {"host": name})]
    if held := swarm_in_mesh(view):
        return [Problem("profile.mesh-in-use", where, {"host": name, "address": held})]
    return []


def swarm_in_mesh(view: View) -> str:
    """The mesh address at which a node is in the swarm that this host's next mesh would cut off; ``""``: none. A node keeps the
    address with which it joined."""
    looks = (view.seen, *view.others.values())
    meshed = {address for look in looks for address in look.mesh_peers}
    spoken = [s.docker.address for s in looks if s.docker.swarm == "active" and s.docker.address in meshed]
    if not in_mesh(view.host) and CONFIG in view.seen.files:
        return next(iter(spoken), "")
    own = view.seen.docker.address
    return own if own in spoken and in_mesh(view.host) and own != view.host.mesh else ""


def placeholder(host: str) -> str:
    return f"{{mesh-key:{host}}}"


def mesh_doings(view: View) -> list[Doing]:
    if not in_mesh(view.host):
        return _away(view)
    return [*_key(view), *_config(view)]


def _key(view: View) -> list[Doing]:
    if view.seen.mesh_key:
        return []
    work = RunScript(MAKE_KEY, gives=placeholder(view.host.name))
    shown = (Change(PRIVATE, "", "600 root:root"), Change(PUBLIC, "", "644 root:root"))
    return [Doing("mesh-key", "mesh-key", (work,), shown, undo="yes")]


def _config(view: View) -> list[Doing]:
    keys = tuple((peer, key) for peer in mesh_peers(view) if (key := public_key(view, peer)))
    file = PutFile(CONFIG, config(view.host, keys), 0o600)
    files, state = changed(view, (file,)), view.seen.units.get(UNIT)
    peers = _peer_changes(view, keys)
    up = bool(state and (state.enabled, state.active) == ("enabled", "active"))
    unit = () if up else (Change(UNIT, state.active if state else "", "active"),)
    if not (files or peers or unit):
        return []
    work: Operations = (*files, SetUnit(UNIT), RunScript(sync(view.host, tuple(peer for peer, _ in keys))))
    later = tuple(f"host:{peer.name}:mesh-key" for peer, key in keys if key == placeholder(peer.name))
    shown = (*(file_changes(view, files) if not peers else ()), *peers, *unit)
    return [Doing("mesh", "mesh", work, shown, {"address": view.host.mesh}, after=later)]


def public_key(view: View, peer: Host) -> str:
    """What is known of a peer's key: it says so itself, or it will be made, or another host holds it; ``""``: not known."""
    if look := view.others.get(peer.name):
        return look.mesh_key or placeholder(peer.name)
    holders = (view.seen, *view.others.values())
    return next((h.mesh_peers[peer.mesh] for h in holders if peer.mesh in h.mesh_peers), "")


def config(host: Host, keys: Keys) -> str:
    """As wg-quick(8) reads it. The key is given to the interface on the way up, from its own file. No MTU is said: wg-quick takes 80
    bytes less than the link has, which may be less than the usual 1500."""
    head = f"""# {NOTE}
[Interface]
Address = {host.mesh}/32
ListenPort = {MESH_PORT}
PostUp = wg set %i private-key {PRIVATE}
"""
    return head + "".join(_peer(peer, key) for peer, key in keys)


def _peer(peer: Host, key: str) -> str:
    where = f"[{peer.address}]" if ":" in peer.address else peer.address
    return f"""
[Peer]
# {peer.name}
PublicKey = {key}
AllowedIPs = {peer.mesh}/32
Endpoint = {where}:{MESH_PORT}
PersistentKeepalive = 25
"""


def sync(host: Host, peers: tuple[Host, ...]) -> str:
    """Give the file to the running interface: peers, the address, and a way to each peer's address."""
    wanted = " ".join(f"{peer.mesh}" for peer in peers)
    return f"""umask 077
{{ echo '[Interface]'; printf 'PrivateKey = '; cat {PRIVATE}; wg-quick strip {INTERFACE}; }} >/run/{INTERFACE}.sync
wg syncconf {INTERFACE} /run/{INTERFACE}.sync || {{ rm -f /run/{INTERFACE}.sync; exit 1; }}
rm -f /run/{INTERFACE}.sync
ip link set up dev {INTERFACE}
ip -4 address replace {host.mesh}/32 dev {INTERFACE}
for held in $(ip -4 -o address show dev {INTERFACE} | awk '{{print $4}}'); do
  [ "$held" = {host.mesh}/32 ] || ip -4 address del "$held" dev {INTERFACE}
done
for peer in {wanted}; do ip -4 route replace "$peer/32" dev {INTERFACE} scope link; done
for held in $(ip -4 route show dev {INTERFACE} scope link | awk '{{print $1}}'); do
  case ' {wanted} ' in *" ${{held%/32}} "*) ;; *) ip -4 route del "$held" dev {INTERFACE} ;; esac
done"""


def _peer_changes(view: View, keys: Keys) -> tuple[Change, ...]:
    """Peers that come, go, or have another key, by what the interface has now."""
    wanted, held = {peer.mesh: key for peer, key in keys}, view.seen.mesh_peers
    names = {host.mesh: host.name for host in view.site.hosts.values()}
    return tuple(
        Change(
            f"peer {names.get(address, '')} {address}".replace("  ", " "),
            held.get(address, ""),
            wanted.get(address, ""),
        )
        for address in (*wanted, *(a for a in held if a not in wanted))
        if held.get(address) != wanted.get(address)
    )


def _away(view: View) -> list[Doing]:
    """Taken away, its key too."""
    gone, shown = leftovers(view, (CONFIG, PUBLIC))
    if not gone:
        return []
    work: Operations = (SetUnit(UNIT, enabled=False, change="stop"), *gone, RemovePath(PRIVATE))
    return [Doing("mesh", "mesh-gone", work, shown, undo="no")]
