"""A recipe's folder as one file that can be given to the network, and back.

Rules:

1. A bundle is a tar file (POSIX.1-1988 ustar) of regular files only, sorted by their names, with no owner and no time: equal
   folders make equal bytes, wherever they are packed.
2. What comes from a peer is read only if packing its files again gives exactly the same bytes. So there is one spelling of each
   folder: no links, devices, hidden tails, second copies of a name, or fields that two readers could read differently.
3. Names lead nowhere else and hide nothing: relative, no ``..``, nothing that begins with a dot, no characters that cannot be seen.
4. It is not compressed, and counted: nothing grows when it is opened.

>>> wiki = Folder({"compose.yml": b"services: {}", "image/setup": b"true"}, executable=frozenset({"image/setup"}))
>>> unpack(pack(wiki)) == wiki, len(pack(wiki))
(True, 3072)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Problems, Refused

MOST_BYTES, MOST_FILES = 8 * 2**20, 1_000
"""Of one bundle. Recipes are texts; the largest that comes with Polder has some ten thousand bytes."""
LONGEST_NAME, DEEPEST = 150, 16
_BLOCK = 512
_END = bytes(2 * _BLOCK)
_SIZE, _MODE, _PREFIX = slice(124, 136), slice(100, 108), slice(345, 500)


def pack(folder: Folder) -> bytes:
    """The bundle of ``folder``. Refused with ``catalogue.bundle-*``: every name that may not be given, too many files, too big."""
    found = Problems()
    _check_names(folder.files, found)
    if len(folder.files) > MOST_FILES:
        found.add("catalogue.bundle-too-many", "", count=len(folder.files), limit=MOST_FILES)
    found.refuse_if_any()
    made = _packed(folder)
    if len(made) > MOST_BYTES:
        raise Refused(Problem("catalogue.bundle-too-big", "", {"size": len(made), "limit": MOST_BYTES}))
    return made


def unpack(content: bytes, where: str = "") -> Folder:
    """The folder in a bundle that may come from anybody. Refused with ``catalogue.bundle-*`` at ``where``."""
    if len(content) > MOST_BYTES:
        values = {"size": len(content), "limit": MOST_BYTES}
        raise Refused(Problem("catalogue.bundle-too-big", where, values))
    folder = _read(content, where)
    found = Problems()
    _check_names(folder.files, found, where)
    found.refuse_if_any()
    if _packed(folder) != content:
        raise Refused(Problem("catalogue.bundle-not-plain", where))
    return folder


def is_recipe_path(path: str) -> bool:
    """Whether a file of a recipe may be called so when it travels.

    >>> [is_recipe_path(p) for p in ("image/files/etc/a b.conf", "../x", "/x", "a//b", ".git/config", "a~", "a\\x1b[2Jb")]
    [True, False, False, False, False, False, False]
    """
    parts = path.split("/")
    plain = path.isprintable() and "\\" not in path and unicodedata.is_normalized("NFC", path)
    short = len(path.encode(errors="replace")) <= LONGEST_NAME and len(parts) <= DEEPEST
    return plain and short and all(_is_part(part) for part in parts)


def _is_part(part: str) -> bool:
    left_out = part.startswith(".") or part.endswith("~") or part == "__pycache__"
    return part != "" and part == part.strip() and not left_out and len(part.encode()) <= 100


def _check_names(names: Iterable[str], found: Problems, where: str = "") -> None:
    names = set(names)
    for path in sorted(names):
        folders = {path[:at] for at, letter in enumerate(path) if letter == "/"}
        if not is_recipe_path(path) or folders & names:
            found.add("catalogue.bundle-bad-name", where, path=path[:LONGEST_NAME])


def _packed(folder: Folder) -> bytes:
    pieces = []
    for path in sorted(folder.files):
        held = folder.files[path]
        pieces += [_header(path, len(held), path in folder.executable), held, bytes(-len(held) % _BLOCK)]
    return b"".join((*pieces, _END))


def _header(path: str, size: int, executable: bool) -> bytes:
    """One block of 512 bytes (POSIX.1-1988, ``struct posix_header``): zero for owner and time."""
    prefix, name = _split(path.encode())
    mode = b"0000755\0" if executable else b"0000644\0"
    start = name.ljust(100, b"\0") + mode + b"0000000\0" * 2 + b"%011o\0" % size + b"00000000000\0"
    rest = (b"0" + bytes(100) + b"ustar\x0000" + bytes(80) + prefix.ljust(155, b"\0")).ljust(356, b"\0")
    total = sum(start) + 8 * ord(" ") + sum(rest)
    return start + b"%06o\0 " % total + rest


def _split(path: bytes) -> tuple[bytes, bytes]:
    """Prefix and name: the name as long as it may be (no part of a path is longer than 100, no path than 155)."""
    if len(path) <= 100:
        return b"", path
    at = path.find(b"/", len(path) - 101)
    return path[:at], path[at + 1 :]


def _read(content: bytes, where: str) -> Folder:
    """Names, sizes and bytes as the headers have them; whether the rest of a header is as it should be, packing again shows."""
    files: dict[str, bytes] = {}
    executable: set[str] = set()
    at = 0
    while any(header := content[at : at + _BLOCK]):
        path, size = _named(header, where), _size(header, where)
        if len(files) >= MOST_FILES:
            values = {"count": MOST_FILES + 1, "limit": MOST_FILES}
            raise Refused(Problem("catalogue.bundle-too-many", where, values))
        files[path] = content[at + _BLOCK : at + _BLOCK + size]
        if header[_MODE] == b"0000755\0":
            executable.add(path)
        at += _BLOCK + size + -size % _BLOCK
    return Folder(files, executable=frozenset(executable))


def _named(header: bytes, where: str) -> str:
    name, prefix = header[:100].rstrip(b"\0"), header[_PREFIX].rstrip(b"\0")
    try:
        return (prefix + b"/" + name if prefix else name).decode()
    except UnicodeDecodeError:
        raise Refused(Problem("catalogue.bundle-not-plain", where)) from None


def _size(header: bytes, where: str) -> int:
    digits = header[_SIZE].rstrip(b"\0")
    if len(header) != _BLOCK or len(digits) != 11 or not all(48 <= digit <= 55 for digit in digits):
        raise Refused(Problem("catalogue.bundle-not-plain", where))
    return int(digits, 8)
