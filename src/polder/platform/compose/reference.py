"""The page that says, for every key of the Compose Specification, what happens to it: made from ``keys``."""

from __future__ import annotations

from collections.abc import Iterator

from polder.kernel.sentences import say
from polder.platform.compose.keys import SECTIONS, Key, Section

_WORDS = {
    "honoured": "honoured",
    "permission": "needs permission",
    "reported": "no effect, reported",
    "refused": "refused",
}
_HEAD = """# Compose files

<!-- Made by script/reference; edits here are lost. -->

A recipe's `compose.yml` follows the [Compose Specification](https://compose-spec.io). Every key of it is
listed here with what happens to it. Nothing is dropped in silence:

- **honoured**: does what Compose says.
- **needs permission**: honoured when the provider's `site.yml` allows it to the recipe (`policy.allow`).
- **no effect, reported**: understood; `polder check` says why it changes nothing.
- **refused**: the file is not accepted. A key that asks for nothing (`privileged: false`, `devices: []`) is
fine.

Keys that begin with `x-` are ignored, as the specification wants. Any other key is refused, with the nearest
right word.

## Variables

`$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`, `${NAME?message}`,
`${NAME:+instead}`, `${NAME+instead}`; `$$` is a dollar sign. Three rules are stricter than Compose's:

- a variable without a value and without a default is refused, it is never empty;
- text that is split into words (`command: serve --title ${TITLE}`) is split first: a value is always one
word;
- images, ports, volumes, networks, capabilities, and the names of secrets and configs hold no variables: what
a recipe asks of its host can be read before anybody fills in a setting.

Variables: `POLDER_DOMAIN`, `POLDER_GROUP`, `POLDER_APP`, `POLDER_SIZE_MEMORY` (bytes), and `SETTING_<NAME>`
for each setting of the recipe.

## What Polder decides for every service

One task is changed at a time, and a change that fails is rolled back. A task that ends is started again after
two seconds. Ports are published by the host that runs the task (never the routing mesh), names resolve to
tasks directly (DNS round robin). Each task keeps three log files of 10 MB at most. Tasks get an init process
unless the file says `init: false`.
"""


def page() -> str:
    """The whole page, Markdown."""
    return _HEAD + "".join(_section(title, section) for title, section in SECTIONS.items())


def _section(title: str, section: Section) -> str:
    rows = "".join(_row(name, key) for name, key in section.items())
    return f"\n## Keys of {title}\n\n| key | treatment | remarks |\n| --- | --- | --- |\n{rows}"


def _row(name: str, key: Key) -> str:
    remarks = "; ".join(_remarks(name, key))
    return f"| `{name}` | {_WORDS[key.treatment]} | {remarks} |\n"


def _remarks(name: str, key: Key) -> Iterator[str]:
    if key.code:
        yield say(key.code, {"key": name})
    if key.remark:
        yield key.remark
