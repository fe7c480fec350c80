"""What the README and the other pages tell people to type exists."""

import re
from pathlib import Path

import click
import pytest

from polder.cli.main import polder

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "ARCHITECTURE.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
HAND_WRITTEN = [page for page in PAGES if page.exists() and page.parent.name != "reference"]
each_page = pytest.mark.parametrize("page", HAND_WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))


def typed(page: Path) -> list[str]:
    """Command lines in the page's code blocks (a prompt is left out) and between backquotes in its text."""
    text = page.read_text()
    blocks = re.findall(r"^```(?:sh|console|bash)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return lines + re.findall(
        r"`((?:polder|script/)[^`]*)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )


@each_page
def test_scripts_that_a_page_names_exist(page: Path) -> None:
    named = {word for line in typed(page) for word in re.findall(r"(?<![\w/.])script/[\w/.-]+", line)}

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@each_page
def test_commands_that_a_page_names_exist(page: Path) -> None:
    wrong = [line for line in typed(page) for words in commands_in(line) if not exists(words)]

    assert wrong == []


def commands_in(line: str) -> list[list[str]]:
    """The words after each ``polder`` that begins a command in ``line``."""
    parts = re.split(r"&&|\|\||[|;]|\$\(", line)
    return [part.split()[1:] for part in parts if part.split()[:1] == ["polder"]]


def exists(words: list[str]) -> bool:
    """Whether the words lead to a command, and its options are known to it."""
    command: click.Command = polder
    context = click.Context(polder, info_name="polder")
    known = set(context.help_option_names) | {"--help", "-h"}
    for word in words:
        known |= {name for param in command.params for name in param.opts + param.secondary_opts}
        if word.startswith("-") and word != "-":  # a lone one stands for standard input
            if word.split("=")[0] not in known:
                return False
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z-]+", word):
            below = command.get_command(context, word)
            if below is None:
                return False
            context, command = click.Context(below, info_name=word, parent=context), below
    return True


@each_page
def test_links_to_files_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    dead = [link for link in links if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()]

    assert dead == []
