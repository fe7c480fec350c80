"""Builders' tests share one base image and one set of package lists; everything else is made anew for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polder.kernel.problem import Value
from polder.world.images import BuildRequest, cache_folder
from polder.world.images.base import provide_base

NewCache = Callable[[Path], Path]


def quiet(code: str, values: object) -> None:
    """Nobody listens."""


class Heard:
    """Collects the codes that a build says."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def __call__(self, code: str, values: dict[str, Value]) -> None:
        self.codes.append(code)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="session")
def new_cache() -> NewCache:
    """Makes a cache that holds a base (the tester's own, made when there is none) and no image."""
    shared = cache_folder()
    provide_base(shared, quiet)
    (shared / "lists").mkdir(exist_ok=True)

    def make(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("base", "lists"):
            (folder / part).symlink_to(shared / part)
        return folder

    return make


@pytest.fixture
def cache(new_cache: NewCache, tmp_path: Path) -> Path:
    return new_cache(tmp_path / "cache")


@pytest.fixture
def recipe(tmp_path: Path) -> Callable[..., BuildRequest]:
    """Writes a small recipe's ``image/`` folder and gives the request to build it."""

    def write(setup: str = "", packages: tuple[str, ...] = (), name: str = "small") -> BuildRequest:
        folder = tmp_path / name / "image"
        (folder / "files" / "etc").mkdir(parents=True, exist_ok=True)
        (folder / "files" / "etc" / "small").write_text("small\n")
        (folder / "setup").write_text(f"#!/bin/sh\nset -e\n{setup}\n")
        return BuildRequest(name, name, "debian", packages, folder)

    return write
