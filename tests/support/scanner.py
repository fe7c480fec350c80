"""A scanner of QR codes for what we print: pictures as grey pixels, given to a decoder that is not ours."""

from __future__ import annotations

import re
import struct
import zlib

import zxingcpp

DARK, LIGHT = 0, 255


def scan(rows: list[list[int]]) -> str:
    """The text of the one code in a picture (0 is black, 255 is white); ``""`` when none is found."""
    pixels = bytes(one for row in rows for one in row)
    found = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (len(rows), len(rows[0]))))
    assert len(found) < 2
    return found[0].text if found else ""


def from_terminal(text: str, inverted: bool = False) -> list[list[int]]:
    """What a camera sees of half blocks on a terminal: light where something is drawn; ``inverted`` on a light one without colours."""
    upper_lower = {"█": (LIGHT, LIGHT), "▀": (LIGHT, DARK), "▄": (DARK, LIGHT), " ": (DARK, DARK)}
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    lines = [line for line in plain.splitlines() if line and set(line) <= set(upper_lower)]
    rows = [[upper_lower[one][half] for one in line] for line in lines for half in (0, 1)]
    seen = [[LIGHT - one if inverted else one for one in row] for row in rows]
    return [[one for one in row for _ in range(4)] for row in seen for _ in range(4)]


def from_png(content: bytes) -> list[list[int]]:
    """A picture of one bit for each pixel (PNG, third edition, sections 5, 9 and 11), as it is written for codes."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    parts, place = {}, 8
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        parts[kind] = parts.get(kind, b"") + content[place + 8 : place + 8 + length]
        place += length + 12
    width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, colour) == (1, 0)
    data, stride = zlib.decompress(parts[b"IDAT"]), (width + 7) // 8 + 1
    rows: list[bytes] = []
    for number in range(height):
        how, row = data[number * stride], data[number * stride + 1 : (number + 1) * stride]
        assert how in (0, 2)  # as it is, or added to the row above
        rows.append(row if how == 0 else bytes((a + b) % 256 for a, b in zip(row, rows[-1], strict=True)))
    return [[LIGHT * (row[x // 8] >> (7 - x % 8) & 1) for x in range(width)] for row in rows]


def from_svg(content: str, scale: int) -> list[list[int]]:
    """The dark modules of a path of horizontal strokes (``M``, ``m``, ``h``), each ``scale`` pixels wide, on white."""
    width = int(re.search(r'width="(\d+)"', content)[1])  # type: ignore[index]
    size = width // scale
    rows = [[LIGHT] * size for _ in range(size)]
    x, y = 0.0, 0.0
    (path,) = re.findall(r'class="qrline"[^>]* d="([^"]*)"', content)
    for kind, words in re.findall(r"([Mmh])([-0-9. ]+)", path):
        numbers = [float(one) for one in words.split()]
        if kind == "h":
            for column in range(int(x), int(x + numbers[0])):
                rows[int(y)][column] = DARK
            x += numbers[0]
        else:
            x, y = numbers if kind == "M" else (x + numbers[0], y + numbers[1])
    return [[one for one in row for _ in range(4)] for row in rows for _ in range(4)]
