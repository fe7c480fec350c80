"""The command line: words in, an action called, plans and problems printed."""

from __future__ import annotations


def main() -> None:
    """Entry point of the ``polder`` command."""
    from polder.cli.main import polder

    polder()
