"""Which images a recipe's Dockerfile takes from elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.kernel.problem import Refused
from polder.kernel.sentences import hint, say_problem
from polder.platform.recipe.dockerfile import foreign_images
from polder.platform.recipe.read import read_recipe
from support.sites import PLAIN, PLAIN_COMPOSE, folder

FINE = {
    "the base": "ARG BASE\nFROM $BASE\nRUN apt-get update\n",
    "the base in braces and quotes": 'ARG BASE\nFROM "${BASE}"\n',
    "a default that is never used": "ARG BASE=debian:12\nFROM ${BASE}\n",
    "nothing at all": "FROM scratch\nCOPY a /a\n",
    "a stage above": "ARG BASE\nFROM ${BASE} AS Build\nFROM build\nCOPY --from=BUILD /a /a\n",
    "a stage by its number": "ARG BASE\nFROM ${BASE}\nFROM ${BASE}\nCOPY --chown=1:1 --from=0 /a /a\n",
    "a mount of a stage": "ARG BASE\nFROM ${BASE} AS b\nFROM ${BASE}\nRUN --mount=type=bind,from=b,target=/b cp /b/a /a\n",
    "a platform": "ARG BASE\nFROM --platform=$BUILDPLATFORM ${BASE}\n",
    "words in a text": "ARG BASE\nFROM ${BASE}\nRUN <<EOF python3\nfrom os import path\nFROM debian\nEOF\nRUN true\n",
    "words in two texts": "FROM scratch\nCOPY <<-A <<B /x/\n\tFROM debian\n\tA\nFROM debian\nB\n",
    "words in a command": "FROM scratch\nRUN echo \\\n  FROM debian \\\n# FROM debian\n\n  --from=debian\n",
    "words of a comment": "# FROM debian\nFROM scratch\n# syntax=docker/dockerfile:1\n",
    "another sign for going on": "# escape=`\nFROM scratch\nRUN dir C:\\\nRUN echo `\n  FROM debian\n",
}
FOREIGN = {
    "an image of a hub": ("FROM debian:12\n", [(1, "FROM", "debian:12")]),
    "a tab": ("FROM\tdebian\r\n", [(1, "FROM", "debian")]),
    "small letters": ("from alpine as a\n", [(1, "FROM", "alpine")]),
    "over two lines": ("ARG BASE\nFROM \\\n  # why not\n  debian:12 AS x\n", [(2, "FROM", "debian:12")]),
    "a variable of its own": ("ARG OTHER=debian\nFROM ${OTHER}\n", [(2, "FROM", "${OTHER}")]),
    "the base turned into another": ("ARG BASE\nFROM ${BASE:+debian}\n", [(2, "FROM", "${BASE:+debian}")]),
    "copied": (
        "FROM scratch\nCOPY --link --from=docker.io/busybox /bin /bin\n",
        [(2, "COPY", "docker.io/busybox")],
    ),
    "added": ("FROM scratch\nADD --from=busybox /bin /bin\n", [(2, "ADD", "busybox")]),
    "mounted": (
        'FROM scratch\nRUN --network=none --mount=type=bind,"from=busybox",target=/b true\n',
        [(2, "RUN", "busybox")],
    ),
    "a stage below": ("FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b\n", [(2, "COPY", "b")]),
    "a number too high": ("FROM scratch\nCOPY --from=1 / /\nFROM scratch\n", [(2, "COPY", "1")]),
    "itself": ("FROM scratch AS a\nCOPY --from=a / /\n", [(2, "COPY", "a")]),
    "for later": ("FROM scratch AS a\nONBUILD COPY --from=busybox / /\nFROM a\n", [(2, "COPY", "busybox")]),
    "the builder": (
        "# syntax = docker/dockerfile:1.7\nFROM scratch\n",
        [(1, "syntax", "docker/dockerfile:1.7")],
    ),
    "after a text that never ends": ("FROM scratch\nRUN cat <<EOF\nFROM debian\n", [(3, "FROM", "debian")]),
    "after a text": ("FROM scratch\nRUN <<EOF\nx\nEOF\nFROM debian\n", [(5, "FROM", "debian")]),
}


@pytest.mark.parametrize("what", FINE)
def test_a_recipe_may_build_on(what: str) -> None:
    assert foreign_images(FINE[what].encode()) == ()


@pytest.mark.parametrize("what", FOREIGN)
def test_a_recipe_may_not_take(what: str) -> None:
    text, expected = FOREIGN[what]
    assert [(use.line, use.instruction, use.image) for use in foreign_images(text.encode())] == expected


def test_it_is_said_with_file_and_line_and_the_rest_of_the_recipe_is_read() -> None:
    recipe = PLAIN.replace("front:", "image: {build: docker}\nfrunt: x\nfront:")
    files = {
        "recipe.yml": recipe,
        "compose.yml": PLAIN_COMPOSE,
        "image/Dockerfile": "# syntax=x/y\nFROM scratch\nFROM debian:12\n",
    }
    with pytest.raises(Refused) as refused:
        read_recipe("plain", folder(files), builtin=False)
    said = {problem.code: say_problem(problem) for problem in refused.value.problems}
    assert said["recipe.foreign-image"].startswith(
        "recipes/plain/image/Dockerfile:3: FROM takes the image “debian:12”"
    )
    assert said["recipe.foreign-builder"].startswith("recipes/plain/image/Dockerfile:1: ")
    assert "kernel.unknown-key-near" in said
    assert "FROM ${BASE}" in hint("recipe.foreign-image", {"instruction": "", "image": ""})


@given(st.binary(max_size=300) | st.text("FROM COPY--from=\\\n#<<EOF\"'ab1`", max_size=200).map(str.encode))
def test_no_file_is_too_odd_to_be_read(content: bytes) -> None:
    assert all(use.line > 0 for use in foreign_images(content))
