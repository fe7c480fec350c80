"""Styled lines on standard output: colour only on a terminal and when ``NO_COLOR`` is unset (no-color.org)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import click

from polder.kernel.text import harmless, plain_addresses

STYLES: dict[str, dict[str, object]] = {
    "bold": {"bold": True},
    "dim": {"dim": True},
    "green": {"fg": "green"},
    "yellow": {"fg": "yellow"},
    "red": {"fg": "red"},
    "cyan": {"fg": "cyan"},
    "blue": {"fg": "blue"},
    "bold red": {"fg": "red", "bold": True},
    "bold green": {"fg": "green", "bold": True},
}


def print_lines(lines: Iterable[tuple[str, str]]) -> None:
    """Print ``(text, style)`` pairs."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for told, style in lines:
        text = plain_addresses(harmless(told))
        click.echo(click.style(text, **STYLES[style]) if colour and style else text)  # type: ignore[arg-type]
