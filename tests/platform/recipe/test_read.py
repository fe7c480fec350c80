"""A recipe's folder: its digests, and what of it goes into the image. (What is wrong in one: ``cases/site``.)"""

from __future__ import annotations

from dataclasses import replace

import pytest

from polder.kernel.document import Scalar
from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Refused
from polder.kernel.shape import Wrong
from polder.platform.recipe.model import Recipe
from polder.platform.recipe.read import read_recipe
from polder.platform.recipe.shape import INSIDE

RECIPE = b"""recipe: pages
version: "1"
names: {en: Pages, fr: Pages}
summary: {en: Pages of a group.}
licence: BSD-3-Clause
upstream: {name: lighttpd, source: "https://lighttpd.example/source", version: "1.4"}
front: {service: web, path: /start}
outgoing: true
sizes:
  small: {memory: 32M, cpus: 0.5, disk: 100M, people: 500}
  large: {memory: 1G}
settings:
  files: {kind: folder, required: true, question: {en: Which folder?}}
  colour: {kind: choice, choices: [red, green], default: red, question: {en: Which colour?}}
secrets:
  key: {generate: hex, meaning: {en: Signs things}, shown: true}
datasets:
  data: {volume: data, meaning: {en: What is kept}, dump: [sh, -c, "sync"]}
image: {build: debian, packages: [lighttpd], content: {setting: files, at: /srv/www}}
updates: {order: start-first, away: 5s, starts-within: 1m}
login: {address: "https://${domain}/", key: "${secret.key}"}
check:
  - say: {en: Open}
    request: GET /
    capture: {token: 'name="t" value="([0-9]+)"'}
  - say: {en: Send}
    phase: seed
    request: POST /send?x=${random}
    form: {t: "${token}", colour: "${setting.colour}"}
    auth: [ana, "${secret.key}"]
    expect: {status: [200, 302], contains: [ok], missing: [error]}
    follow: true
"""
COMPOSE = b"""services:
  web: {volumes: ["data:/data"], secrets: [key]}
volumes: {data: {}}
secrets: {key: {external: true}}
"""
FILES = {
    "recipe.yml": RECIPE,
    "compose.yml": COMPOSE,
    "image/setup": b"#!/bin/sh\n",
    "image/files/etc/x": b"1\n",
}


def read(folder: Folder) -> Recipe:
    return read_recipe("pages", folder, builtin=True)


def test_a_recipe_is_read_whole() -> None:
    recipe = read(Folder(FILES))

    assert (recipe.upstream, recipe.front_service, recipe.front_path) == ("lighttpd 1.4", "web", "/start")
    assert recipe.outgoing and recipe.builtin and not recipe.system
    assert [(s.memory, s.cpus, s.disk, s.people) for s in recipe.sizes.values()] == [
        (2**25, 0.5, 100 * 2**20, 500),
        (2**30, 0.0, 0, 0),
    ]
    assert recipe.settings["colour"].default == "red" and recipe.settings["files"].required
    assert (recipe.secrets["key"].generate, recipe.secrets["key"].shown) == ("hex", True)
    assert recipe.datasets["data"].dump == ("sh", "-c", "sync")
    assert (recipe.updates.order, recipe.updates.away, recipe.updates.starts_within) == ("start-first", 5, 60)
    assert recipe.image and (recipe.image.content_setting, recipe.image.content_at) == ("files", "/srv/www")


def test_the_steps_of_a_check_are_read_with_what_they_expect() -> None:
    first, second = read(Folder(FILES)).check

    assert (first.method, first.path, first.phase, first.expect_status) == ("GET", "/", "verify", (200,))
    assert (second.method, second.path, second.auth) == (
        "POST",
        "/send?x=${random}",
        ("ana", "${secret.key}"),
    )
    assert (second.expect_status, second.expect_contains, second.expect_missing) == (
        (200, 302),
        ("ok",),
        ("error",),
    )
    assert second.follow


@pytest.mark.parametrize(
    ("change", "recipe_changes", "image_changes"),
    [
        ({"recipe.yml": RECIPE + b"# a remark\n"}, True, False),
        ({"recipe.yml": RECIPE.replace(b"[lighttpd]", b"[lighttpd, tini]")}, True, True),
        ({"compose.yml": COMPOSE + b"# a remark\n"}, True, False),
        ({"image/setup": b"#!/bin/sh\ntrue\n"}, True, True),
        ({"image/files/etc/y": b""}, True, True),
        ({"README.md": b"x"}, True, False),
        ({}, False, False),
    ],
)
def test_digests_change_with_what_they_cover(
    change: dict[str, bytes], recipe_changes: bool, image_changes: bool
) -> None:
    before, after = read(Folder(FILES)), read(Folder({**FILES, **change}))
    assert before.image and after.image

    assert (before.digest != after.digest) == recipe_changes
    assert (before.image.key != after.image.key) == image_changes


def test_an_executable_bit_is_part_of_both_digests() -> None:
    before, after = read(Folder(FILES)), read(Folder(FILES, executable=frozenset({"image/setup"})))
    assert before.image and after.image

    assert before.digest != after.digest
    assert before.image.key != after.image.key


def test_a_file_that_could_not_be_read_is_placed_in_the_recipe() -> None:
    folder = replace(
        Folder(FILES), faults={"image/big": Problem("site.file-too-big", "", {"size": 2, "limit": 1})}
    )

    with pytest.raises(Refused) as refused:
        read(folder)

    assert [(p.where, p.code) for p in refused.value.problems] == [
        ("recipes/pages/image/big", "site.file-too-big")
    ]


@pytest.mark.parametrize("place", ["/srv/../../etc", "/..", "/srv/./www", "/" + "a" * 60 + "!", "srv", "/"])
def test_content_lies_at_a_plain_path_and_no_other_takes_long_to_refuse(place: str) -> None:
    with pytest.raises(Wrong):
        INSIDE.accept(Scalar(place, place, 1))


@pytest.mark.parametrize("place", ["/srv/www", "/srv/www/", "/usr/share/a..b", "/srv/.well-known"])
def test_content_may_lie_at_any_plain_path(place: str) -> None:
    assert INSIDE.accept(Scalar(place, place, 1)) == place
