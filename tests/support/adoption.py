"""Adopting in tests: a site that follows four peers, recipes in several versions, and what became of the site."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from polder.actions.adopt_recipe import Adopted, Wish, adopt, propose
from polder.actions.catalogue import Shelf, open_shelf
from polder.kernel.folder import Folder
from polder.kernel.problem import Refused
from polder.world.git import commit_paths, start_repository
from support.peers import NOW, following, published
from support.sites import BARE, BARE_COMPOSE, IMAGE, NEW_IMAGE, PLAIN, PLAIN_COMPOSE, group

NETWORK = """provider: alder
urls: [https://alder.example/net/]
people: {ana: {}}
"""
FOLLOWED = following("beech", "cedar", "dogwood", "elm")


def recipe(text: str, compose: str) -> Folder:
    files = {"recipe.yml": text.encode(), "compose.yml": compose.encode(), "image/setup": b"#!/bin/sh\n"}
    return Folder(files if "image:\n" in text else {k: v for k, v in files.items() if k != "image/setup"})


def version(text: str, number: str) -> str:
    return text.replace('version: "1"\nnames', f'version: "{number}"\nnames')


CALENDAR = recipe(BARE.replace("recipe: bare", "recipe: calendar"), BARE_COMPOSE)
CALENDAR_2 = recipe(
    version(BARE, "2").replace("recipe: bare", "recipe: calendar"), BARE_COMPOSE.replace(IMAGE, NEW_IMAGE)
)
PLAIN_2 = recipe(version(PLAIN, "2"), PLAIN_COMPOSE.replace(IMAGE, NEW_IMAGE))


def begin_site(write_site: Callable[..., Path]) -> Path:
    """A site in git that runs a wiki of its own recipe, and follows four peers."""
    folder = write_site({"lilas": group("wiki plain")})
    (folder / "network.yml").write_text(f"{NETWORK}{FOLLOWED}")
    start_repository(folder)
    commit_paths(folder, [path for path in folder.rglob("*") if path.is_file()], "Begin.")
    return folder


def shelf(site: Path, *, stale: str = "", **peers: Mapping[str, bytes]) -> Shelf:
    made = {name: published(name, files, stale=name in stale.split()) for name, files in peers.items()}
    return open_shelf(site, site, NOW, made)


def take(site: Path, wish: Wish, *, stale: str = "", **peers: Mapping[str, bytes]) -> Adopted:
    held = shelf(site, stale=stale, **peers)
    return adopt(held, site, propose(held, wish))


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [problem.code for problem in refused.value.problems]


def log(site: Path) -> list[str]:
    done = subprocess.run(["git", "log", "--format=%s"], cwd=site, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def clean(site: Path) -> bool:
    """Whether everything is committed, but for what Polder keeps for itself (and the half of a file that a kill left)."""
    done = subprocess.run(
        ["git", "status", "--porcelain"], cwd=site, capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if " .polder" not in line] == []


def files(site: Path) -> dict[str, bytes]:
    held = (path for path in site.rglob("*") if path.is_file())
    inside = ((path.relative_to(site).as_posix(), path) for path in held)
    return {name: path.read_bytes() for name, path in inside if not name.startswith((".git/", ".polder/"))}
