"""A line of text as a QR code (ISO/IEC 18004): on the terminal, or in a file. Words stay the first thing; this is for who has a camera.

Always dark on light, whatever the terminal's colours, so that any reader takes it. A screen has no scratches: there the code has least
correction (L) and half the margin, so that a usual one with a prompt below it fits into 24 lines; in a file it has more (M) and all of it.
The picture is never the only place where something is said: the text stands above it, and in the file's description.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from polder.cli.door import language
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say

if TYPE_CHECKING:
    import segno

    from polder.commons.network.signpost import Signpost

KINDS = (".svg", ".png")
MARGIN, ON_SCREEN, SCALE = 4, 2, 8
BLOCKS = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""Two modules above each other (is it dark?) as one character: what is light is drawn."""
COLOURS, PLAIN = "\x1b[0;97;40m", "\x1b[0m"

QR = click.option("--qr", is_flag=True, help="Show it as a QR code, too, with its address.")
QR_FILE = click.option(
    "--qr-file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write that QR code to this file: .svg or .png.",
)


def check_file(path: Path | None) -> None:
    """Refused (``network.qr-file``) unless it ends as one of the two kinds of picture."""
    if path and path.suffix.lower() not in KINDS:
        raise Refused(Problem("network.qr-file", "", {"file": str(path)}))


def show(signpost: Signpost, qr: bool, path: Path | None) -> None:
    """The code and its text on the terminal, if ``qr``; the picture in ``path``, if there is one."""
    words = language()
    if qr:
        click.echo(str(signpost))
        lines = list(drawn(made(str(signpost), "l")))
        if sys.stdout.isatty() and shutil.get_terminal_size().columns < len(lines[0]):
            click.echo(say("network.qr-too-wide", {"columns": len(lines[0])}, words))
        else:
            for line in lines:
                click.echo(f"{COLOURS}{line}{PLAIN}")  # without colours where nobody looks at a terminal
    if path:
        from polder.world.files import write_atomically

        write_atomically(path, picture(signpost, path.suffix.lower()))
        click.echo(say("network.written", {"file": str(path)}, words))


def drawn(code: segno.QRCode) -> Iterator[str]:
    """The code as lines of half blocks."""
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=ON_SCREEN)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield "".join(BLOCKS[pair] for pair in zip(upper, lower, strict=True))


def picture(signpost: Signpost, kind: str) -> bytes:
    """The file's content. ``kind``: ``.svg`` or ``.png``."""
    code, held = made(str(signpost), "m"), BytesIO()
    if kind == ".svg":
        title = f"{signpost.name}: {signpost.kind}"
        code.save(
            held, kind="svg", scale=SCALE, border=MARGIN, light="white", title=title, desc=str(signpost)
        )
    else:
        code.save(held, kind="png", scale=SCALE, border=MARGIN)
    return held.getvalue()


def made(text: str, correction: str) -> segno.QRCode:
    """``correction``: ``l`` (7 % of the code may be lost) or ``m`` (15 %)."""
    import segno

    return segno.make(text, error=correction, boost_error=False, micro=False, encoding="utf-8")
