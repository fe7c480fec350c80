"""A site of many tiny services, and the same services as a stack file for ``docker stack deploy``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyrage
from _common import NOT_INHERITED

GROUP_SIZE = 20
SLUG = "bench"
HEAD = """recipe: {name}
version: "1"
names: {{en: {name}}}
summary: {{en: Sleeps.}}
licence: AGPL-3.0-or-later
upstream: {{name: Nothing, website: "https://nothing.example", source: "https://nothing.example/source", version: "1"}}
"""
TINY = (
    HEAD.format(name="tiny")
    + """front: {service: web, path: /}
sizes: {small: {memory: 16M, disk: 1G, people: 1}}
updates: {order: start-first, away: 0s, starts-within: 300s}
"""
)
TINY_COMPOSE = """services:
  web:
    image: IMAGE
    command: [sleep, "1000000"]
    stop_grace_period: 1s
    environment: {PLACE: "${POLDER_DOMAIN}"}
    deploy: {resources: {limits: {memory: "${POLDER_SIZE_MEMORY}"}}}
"""
# The ingress with the same objects as the real one, asleep: nothing is asked of it here.
INGRESS = (
    HEAD.format(name="ingress")
    + """front: {service: caddy, path: /}
sizes: {small: {memory: 16M, disk: 1G, people: 1}}
secrets:
  intermediate: {meaning: {en: A key.}}
  intermediate-certificate: {meaning: {en: Its certificate.}}
updates: {order: stop-first, away: 1s, starts-within: 300s}
system: true
"""
)
INGRESS_COMPOSE = """services:
  caddy:
    image: IMAGE
    command: [sleep, "1000000"]
    networks: {ingress: {}, edge: {}}
    ports: [{target: 8443, published: 443, protocol: tcp, mode: host}]
    configs: [{source: caddy.json, target: /caddy.json}]
    secrets: [intermediate, intermediate-certificate]
    deploy: {mode: global}
  names:
    image: IMAGE
    command: [sleep, "1000000"]
    networks: {edge: {aliases: [names]}}
    configs: [{source: names.json, target: /names.json}]
networks: {ingress: {internal: true}, edge: {}}
configs: {caddy.json: {content: "{}"}, names.json: {content: "{}"}}
secrets: {intermediate: {}, intermediate-certificate: {}}
"""
STACK_HEAD = """version: "3.8"
networks: {ingress: {driver: overlay, internal: true}, edge: {driver: overlay}}
configs: {caddy: {file: ./caddy.json}, names: {file: ./names.json}}
secrets: {intermediate: {file: ./key}, intermediate-certificate: {file: ./certificate}}
services:
  caddy:
    image: IMAGE
    command: [sleep, "1000000"]
    networks: {ingress: {}, edge: {}}
    ports: [{target: 8443, published: 443, protocol: tcp, mode: host}]
    configs: [{source: caddy, target: /caddy.json}]
    secrets: [intermediate, intermediate-certificate]
    deploy: {mode: global, endpoint_mode: dnsrr}
  names:
    image: IMAGE
    command: [sleep, "1000000"]
    networks: {edge: {aliases: [names]}}
    configs: [{source: names, target: /names.json}]
    deploy: {endpoint_mode: dnsrr}
"""
STACK_SERVICE = """  APP:
    image: IMAGE
    command: [sleep, "1000000"]
    stop_grace_period: 1s
    environment: {PLACE: APP.bench.test}
    networks: {ingress: {aliases: [APP.bench.test]}}
    logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}
    deploy:
      endpoint_mode: dnsrr
      labels: {bench.site: stack, bench.app: APP}
      resources: {limits: {memory: 16M}}
      restart_policy: {condition: any, delay: 2s}
      update_config: {order: start-first, parallelism: 1, monitor: 5s, failure_action: rollback}
      rollback_config: {order: start-first, parallelism: 1, monitor: 5s}
"""


@dataclass(frozen=True)
class BenchSite:
    """A site's folder with an operator's key beside it; ``env`` is what its commands need."""

    folder: Path
    identity: Path
    recipient: str

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
        return {**kept, "POLDER_IDENTITY": str(self.identity), "POLDER_SITE": str(self.folder)}


def new_site(parent: Path, engine: str, recipes: Mapping[str, str] | None = None) -> BenchSite:
    """A site without apps in ``parent/site``, on ``engine``; ``recipes``: path below ``recipes/`` to text."""
    folder = parent / "site"
    key = pyrage.x25519.Identity.generate()
    identity = parent / "identity.txt"
    identity.write_text(f"{key}\n")
    identity.chmod(0o600)
    recipient = str(key.to_public())
    head = "name: Bench\nlanguages: [en]\ndomain: bench.test\ncontact: mailto:ops@bench.test\n"
    write(
        folder / "site.yml",
        f"provider: {SLUG}\n{head}engine: {engine}\noperators: {{ana: {recipient}}}\n"
        "policy: {allow: {ingress: [ports]}}\n",
    )
    write(folder / "hosts.yml", "one: {address: local, roles: [manager, ingress]}\n")
    for path, text in (recipes or {}).items():
        write(folder / "recipes" / path, text)
    return BenchSite(folder, identity, recipient)


def tiny_recipes(image: str) -> dict[str, str]:
    """An app and an ingress that only sleep, on ``image``."""
    return {
        "tiny/recipe.yml": TINY,
        "tiny/compose.yml": TINY_COMPOSE.replace("IMAGE", image),
        "ingress/recipe.yml": INGRESS,
        "ingress/compose.yml": INGRESS_COMPOSE.replace("IMAGE", image),
    }


def write_apps(site: BenchSite, count: int, recipe: str = "tiny") -> None:
    """Groups of ``GROUP_SIZE`` apps each, ``count`` apps together."""
    for group in range(0, count, GROUP_SIZE):
        lines = [f"name: Group {group // GROUP_SIZE}", "languages: [en]", "apps:"]
        for number in range(group, min(group + GROUP_SIZE, count)):
            name = app_name(number)
            lines.append(f"  {name}: {{recipe: {recipe}, domain: {name}.bench.test}}")
        write(site.folder / "groups" / f"g{group // GROUP_SIZE}.yml", "\n".join(lines) + "\n")


def write_stack(parent: Path, image: str, count: int) -> Path:
    """The compose file (v3.8) of the same services, networks, configs and secrets."""
    folder = parent / "stack"
    for name in ("caddy.json", "names.json", "key", "certificate"):
        write(folder / name, f"{name}\n" * 20)
    services = "".join(STACK_SERVICE.replace("APP", app_name(n)) for n in range(count))
    write(folder / "stack.yml", (STACK_HEAD + services).replace("IMAGE", image))
    return folder / "stack.yml"


def app_name(number: int) -> str:
    return f"a{number:05}"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
