"""The command line: words in, an action called, plans and problems printed."""

from __future__ import annotations


def main() -> None:
    """Entry point of the ``polder`` command."""
    import gc

    from polder.cli.main import polder

    gc.set_threshold(
        50_000, 20, 20
    )  # a short life that makes few cycles: looking for them often is a tenth of it
    try:
        polder()
    finally:  # what is left goes with the process: looking for cycles in it would be the twelfth part of a plan's time
        gc.freeze()
        gc.disable()
