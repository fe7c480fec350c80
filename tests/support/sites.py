"""Sites for tests: small recipes that need no building, and a site with everything prepared (keys, lock, authority)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from polder.actions.check_site import load_recipes
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.engine import CreateSecret
from polder.kernel.folder import Folder
from polder.kernel.secret import Secret
from polder.platform.plan.desired import wanted
from polder.platform.plan.model import Nothing, Plan, WriteLock
from polder.platform.recipe.model import Recipe
from polder.platform.site.model import Lock, Site
from polder.platform.site.read import read_site
from polder.world.authority import new_authority, new_intermediate, public_file
from polder.world.docker.memory import MemoryEngine

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
IMAGE = "registry.example/plain@sha256:" + "ab" * 32
NEW_IMAGE = "registry.example/plain@sha256:" + "cd" * 32
SITE = f"""provider: les-lilas
name: Les Lilas
languages: [en, fr]
domain: lilas.test
contact: mailto:ops@lilas.test
engine: local
operators: {{ana: {RECIPIENT}}}
"""
HOSTS = "one: {address: local, roles: [manager, ingress]}\n"
PLAIN = """recipe: plain
version: "1"
names: {en: Plain}
summary: {en: Something plain.}
licence: AGPL-3.0-or-later
upstream: {name: Plain, website: "https://plain.example", source: "https://plain.example/source", version: "1"}
front: {service: web, path: /}
sizes:
  small: {memory: 32M, disk: 1G, people: 10}
  large: {memory: 64M, disk: 1G, people: 100}
settings:
  title: {kind: text, question: {en: Its title?}, default: Plain}
secrets:
  password: {generate: password, meaning: {en: The administrator's password}, shown: true}
datasets:
  pages: {volume: data, meaning: {en: The pages}}
updates: {order: start-first, away: 0s, starts-within: 5s}
check:
  - say: {en: Ask for the first page}
    phase: verify
    request: GET /
    expect: {status: [200]}
"""
PLAIN_COMPOSE = f"""services:
  web:
    image: {IMAGE}
    environment: {{TITLE: "${{SETTING_TITLE}}"}}
    volumes: ["data:/data"]
    secrets: [password]
    healthcheck: {{test: [CMD, "true"], interval: 1s}}
    deploy: {{resources: {{limits: {{memory: "${{POLDER_SIZE_MEMORY}}"}}}}}}
volumes: {{data: {{}}}}
secrets: {{password: {{external: true}}}}
"""
PAIR_COMPOSE = f"""services:
  web:
    image: {IMAGE}
    depends_on: {{db: {{condition: service_healthy}}}}
  db:
    image: {IMAGE}
    volumes: ["data:/data"]
volumes: {{data: {{}}}}
"""
BARE = "".join(
    part
    for part in PLAIN.replace("recipe: plain", "recipe: bare").splitlines(keepends=True)
    if not part.startswith(("secrets:", "  password:", "datasets:", "  pages:"))
)
BARE_COMPOSE = f"services: {{web: {{image: {IMAGE}}}}}\n"
PAIR = PLAIN.replace("recipe: plain", "recipe: pair").replace(
    "secrets:\n  password: {generate: password, meaning: {en: The administrator's password}, shown: true}\n",
    "",
)
RECIPE_FILES = {
    "recipes/plain/recipe.yml": PLAIN,
    "recipes/plain/compose.yml": PLAIN_COMPOSE,
    "recipes/pair/recipe.yml": PAIR,
    "recipes/pair/compose.yml": PAIR_COMPOSE,
    "recipes/bare/recipe.yml": BARE,
    "recipes/bare/compose.yml": BARE_COMPOSE,
}


def group(*apps: str, forget: str = "", name: str = "Lilas") -> str:
    """A group's file; each app is ``name recipe`` with further ``key=value`` words."""
    lines = [f"name: {name}", "languages: [en]", "apps:" if apps else "apps: {}"]
    for app in apps:
        slug, recipe, *more = app.split()
        settings = {key: value for key, _, value in (word.partition("=") for word in more)}
        domain = settings.pop("domain", f"{slug}.lilas.test")
        size = f", size: {settings.pop('size')}" if "size" in settings else ""
        body = ", ".join(f"{key}: {value}" for key, value in settings.items())
        lines.append(f"  {slug}: {{recipe: {recipe}, domain: {domain}{size}, settings: {{{body}}}}}")
    return "\n".join([*lines, *([f"forget-data: [{forget}]"] if forget else [])]) + "\n"


def site_files(groups: Mapping[str, str], **files: str) -> dict[str, str]:
    """Every file of a site: the standard ones, three small recipes, the groups."""
    found = {"site.yml": SITE, "hosts.yml": HOSTS, **RECIPE_FILES, **files}
    return found | {f"groups/{slug}.yml": text for slug, text in groups.items()}


def folder(files: Mapping[str, str]) -> Folder:
    return Folder({path: text.encode() for path, text in files.items()})


@cache
def builtin() -> dict[str, Recipe]:
    return load_recipes(folder({}))


def read(files: Mapping[str, str]) -> Site:
    """The site as it is written, nothing prepared."""
    held = folder(files)
    return read_site(held, load_recipes(held))


@cache
def authority() -> str:
    """A public authority file, good for a year after ``NOW``."""
    root, key = new_authority("Les Lilas", (), NOW)
    return public_file(root, new_intermediate("Les Lilas", root, key, NOW)[0])


def ready(files: Mapping[str, str], engine: MemoryEngine | None = None) -> Site:
    """The site with secrets, authority, lock and images in place; ``engine`` is given the images."""
    site = read(files)
    files_made = {w.file: digest_of_bytes(w.file.encode()) for w in wanted(site).secrets.values()}
    files_made["polder.ca"] = digest_of_bytes(b"ca")
    images: dict[str, str] = {}
    for key in wanted(site).images:
        images[key] = digest_of_bytes(key.encode())
        if engine:
            engine.add_image(images[key])
    used = {app.recipe for app in site.apps} | {"ingress"}
    recipes: dict[str, Digest] = {name: site.recipes[name].digest for name in used}
    return replace(
        site, secrets={**files_made, **site.secrets}, internal_ca=authority(), lock=Lock(recipes, images)
    )


def carry_out(plan: Plan, engine: MemoryEngine) -> None:
    """Run a plan whose preparations are done, in the order of its arrows."""
    done: set[str] = {"authority"}
    rest = list(plan.acting)
    keys = {step.key for step in rest}
    while rest:
        step = next(s for s in rest if all(k in done or k not in keys for k in s.after))
        rest.remove(step)
        done.add(step.key)
        if not isinstance(step.work, Nothing | WriteLock):
            values = {step.work.source: Secret("x")} if isinstance(step.work, CreateSecret) else {}
            engine.run(step.work, values)
    for _ in range(5):
        engine.look()
