"""A host that keeps data which Polder placed there is taken out or replaced no more easily than one that people pinned apps to."""

from __future__ import annotations

import pytest

from polder.kernel.problem import Refused
from polder.platform.site.edit_hosts import remove_host, replace_host
from support.sites import read, site_files

GROUP = """name: Lilas
apps:
  # ours
  wiki: {recipe: plain, domain: wiki.lilas.test}
  pad: {recipe: plain, domain: pad.lilas.test, host: ada}
"""
FILES = {
    path: text.encode()
    for path, text in site_files(
        {"lilas": GROUP},
        **{
            "hosts.yml": "ada: {address: 192.0.2.1, roles: [manager, ingress]}\nben: {address: 192.0.2.2}\n",
            "polder.lock": "recipes: {}\nimages: {}\nplacements:\n  lilas/gone: ben\n  lilas/pad: ben\n  lilas/wiki: ben\n",
        },
    ).items()
}


def test_a_host_with_placed_data_is_not_taken_out() -> None:
    with pytest.raises(Refused) as refused:
        remove_host(FILES, "ben")
    (problem,) = refused.value.problems
    assert (problem.code, problem.values["apps"]) == ("site.host-has-apps", ("lilas/wiki",))


def test_where_a_host_is_replaced_placed_apps_follow_by_their_file() -> None:
    changed = replace_host(FILES, "ben", "bela", {"address": "192.0.2.9"})
    text = changed["groups/lilas.yml"].decode()
    assert "wiki: {recipe: plain, domain: wiki.lilas.test, host: bela}" in text and "# ours" in text
    assert "pad: {recipe: plain, domain: pad.lilas.test, host: ada}" in text
    files = {path: content.decode() for path, content in {**FILES, **changed}.items()}
    files["site.yml"] += "registry: registry.lilas.test\n"
    assert {app.name: app.host for app in read(files).apps} == {"wiki": "bela", "pad": "ada"}
