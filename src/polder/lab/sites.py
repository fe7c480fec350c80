"""The folder that people work in: a site for each provider, the operator's key, and a README with the lab's addresses.

Each site is whole (``polder check`` finds nothing) and says of every host what a provider would: address, roles, host key, mesh
address, labels; Polder sets the hosts up (``profile: baseline``). One operator with a fresh key, which also opens the site's secrets.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from polder.kernel.problem import Problem, Refused
from polder.lab.machine import run
from polder.lab.model import Lab, Node, Provider
from polder.lab.services import ask
from polder.lab.state import Kept

MARK = ".polder-lab"
"""Says that the folder was made by the lab named in it, and goes away with it."""
_POWER = ("solar", "hydro", "wind", "grid")
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{name} garden</title>
<h1>The garden of {name}</h1>
<p>This page is served by {domain}, a provider that exists only in a lab.</p>
</html>
"""


def check_folder(sites: Path) -> None:
    """Refused with ``lab.folder-in-use`` when something that is not a lab's is there."""
    if sites.exists() and any(sites.iterdir()) and not (sites / MARK).exists():
        raise Refused(Problem("lab.folder-in-use", "", {"folder": str(sites)}))


def make_key(sites: Path) -> str:
    """Make the folder and the operator's key in it; the public key's line."""
    sites.mkdir(parents=True, exist_ok=True)
    (sites / MARK).touch()
    (sites / "operator").unlink(missing_ok=True)
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "operator", "-f", str(sites / "operator")])
    return (sites / "operator.pub").read_text().strip()


def write_sites(kept: Kept, keys: Mapping[str, str], operator: str) -> None:
    """``keys``: each host's public key. ``operator``: the line of the operator's public key."""
    sites, lab = kept.sites, kept.lab
    (sites / MARK).write_text(f"{lab.name} {lab.number}\n")
    for provider in lab.providers:
        for path, text in site_files(provider, keys.__getitem__, operator).items():
            _write(sites / provider.name / path, text)
    _write(sites / "known_hosts", "".join(f"{n.address},{n.name} {keys[n.name]}\n" for n in lab.nodes))
    _write(sites / "ssh_config", ssh_config(lab, sites))
    _write(sites / "lab-ca.crt", (kept.services / "ca.crt").read_text())
    _write(sites / "acme-root.crt", ask(kept, f"https://{lab.acme}:15000/roots/0"))
    _write(sites / "README.md", readme(kept))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def site_files(provider: Provider, key_of: Callable[[str], str], operator: str) -> dict[str, str]:
    """A site's files: path to text."""
    title = provider.name.capitalize()
    return {
        "site.yml": site_yml(provider, operator),
        "hosts.yml": "".join(host_yml(provider, node, key_of(node.name)) for node in provider.nodes),
        "groups/garden.yml": group_yml(provider),
        "content/garden/index.html": _PAGE.format(name=title, domain=f"garden.{provider.domain}"),
    }


def site_yml(provider: Provider, operator: str) -> str:
    return f"""# {provider.name.capitalize()} exists only in a lab: try anything.
provider: {provider.name}
name: {provider.name.capitalize()}
languages: [en]
domain: {provider.domain}
contact: mailto:hello@{provider.domain}
registry: {provider.registry}
operators:
  operator: {operator}
"""


def roles(provider: Provider, node: Node) -> tuple[str, ...]:
    """One host does everything; of three and more the first three manage; the first one answers the door."""
    place = provider.nodes.index(node)
    managers = 3 if len(provider.nodes) >= 3 else 1
    found = ("manager",) if place < managers else ("worker",)
    return (*found, "ingress") if place == 0 else found


def host_yml(provider: Provider, node: Node, key: str) -> str:
    power = _POWER[provider.nodes.index(node) % len(_POWER)]
    return f"""{node.name}:
  address: {node.address}
  roles: [{", ".join(roles(provider, node))}]
  region: {provider.name}
  jurisdiction: EU
  power: {power}
  profile: baseline
  user: root
  host-key: {key}
  mesh: {node.mesh}
"""


def group_yml(provider: Provider) -> str:
    return f"""name: Garden of {provider.name.capitalize()}
languages: [en]
apps:
  site:
    recipe: static
    domain: garden.{provider.domain}
    settings:
      files: content/garden
"""


def ssh_config(lab: Lab, sites: Path) -> str:
    """For ``ssh -F`` and ``POLDER_SSH_CONFIG``; hosts by name or address."""
    names = "".join(f"Host {node.name}\n  HostName {node.address}\n" for node in lab.nodes)
    every = " ".join(word for node in lab.nodes for word in (node.name, node.address))
    return f"""{names}Host {every}
  User root
  IdentityFile {sites / "operator"}
  IdentitiesOnly yes
  UserKnownHostsFile {sites / "known_hosts"}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  ServerAliveInterval 3
  ServerAliveCountMax 2
"""


def readme(kept: Kept) -> str:
    lab, sites = kept.lab, kept.sites
    rows = "\n".join(
        f"| {node.name} | {node.address} | {', '.join(roles(lab.provider(node.provider), node))} |"
        for node in lab.nodes
    )
    first = lab.providers[0]
    return f"""# The lab "{lab.name}"

| host | address | roles |
| --- | --- | --- |
{rows}

    export POLDER_SSH_CONFIG={sites}/ssh_config POLDER_IDENTITY={sites}/operator
    cd {sites}/{first.name} && polder plan
    ssh -F {sites}/ssh_config {first.nodes[0].name}

- Names under `.test` are answered by {lab.dns} (every host asks it).
- Certificates: ACME directory {lab.acme_directory} ({lab.acme}); it shows a certificate of `lab-ca.crt`, which every host
  trusts; what it signs is trusted by `acme-root.crt`.
- Each provider's registry answers at port 5000 of its router, over TLS (`lab-ca.crt`), for its own hosts only.
- `polder lab down {"" if lab.name == "lab" else f"--name {lab.name} "}--yes` takes all of it away, this folder too.
"""


def remove_sites(kept: Kept) -> None:
    """The folder, if it is this lab's."""
    mark = kept.sites / MARK
    if mark.exists() and mark.read_text().strip() in ("", f"{kept.lab.name} {kept.lab.number}"):
        shutil.rmtree(kept.sites)
