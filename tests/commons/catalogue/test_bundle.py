"""A recipe's folder travels as one file: one spelling of each folder, and nothing else is opened."""

import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.catalogue import bundle
from polder.commons.catalogue.bundle import is_recipe_path, pack, unpack
from polder.kernel.folder import Folder
from polder.kernel.problem import Refused
from polder.world.files import builtin_names, builtin_path, read_recipe_folder

WIKI = Folder(
    {"compose.yml": b"services: {web: {}}\n", "recipe.yml": b"recipe: wiki\n", "image/setup": b"#!/bin/sh\n"},
    executable=frozenset({"image/setup"}),
)
PARTS = st.from_regex(r"[a-zé0-9_][a-z0-9_. é-]{0,20}[a-z0-9]", fullmatch=True)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


def codes(content: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        unpack(content, "beech/recipes/wiki")
    assert {problem.where for problem in refused.value.problems} == {"beech/recipes/wiki"}
    return [problem.code for problem in refused.value.problems]


def made(*members: tarfile.TarInfo, form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar as somebody else's program writes it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(bytes(member.size)))
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.size = kind, link, size
    return found


@pytest.mark.parametrize("name", builtin_names())
def test_every_recipe_that_comes_with_polder_travels_and_keeps_its_digest(name: str) -> None:
    folder = read_recipe_folder(builtin_path(name))

    assert unpack(pack(folder)).digest == folder.digest


def test_any_tar_program_reads_a_bundle() -> None:
    with tarfile.open(fileobj=io.BytesIO(pack(WIKI))) as tar:
        listed = [(one.name, one.mode, one.uid, one.mtime, one.isreg()) for one in tar]

    assert listed == [
        ("compose.yml", 0o644, 0, 0, True),
        ("image/setup", 0o755, 0, 0, True),
        ("recipe.yml", 0o644, 0, 0, True),
    ]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(PATHS, st.binary(max_size=1100), max_size=6), st.randoms())
def test_what_is_packed_comes_out_the_same_whatever_the_order(
    files: dict[str, bytes], random: object
) -> None:
    paths = sorted(files)
    if any(other.startswith(path + "/") for path in paths for other in paths):
        return
    random.shuffle(paths)  # type: ignore[attr-defined]
    folder = Folder({path: files[path] for path in paths}, executable=frozenset(paths[:2]))

    assert unpack(pack(folder)) == folder
    assert pack(Folder(files, executable=folder.executable)) == pack(folder)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_refused_or_are_exactly_what_packing_makes(content: bytes) -> None:
    try:
        found = unpack(content)
    except Refused:
        return
    assert pack(found) == content


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(pack(WIKI)) - 1), st.integers(1, 255))
def test_a_bundle_with_any_byte_changed_is_refused_or_has_another_digest(place: int, by: int) -> None:
    changed = bytearray(pack(WIKI))
    changed[place] ^= by
    try:
        found = unpack(bytes(changed))
    except Refused:
        return
    assert found.digest != WIKI.digest and pack(found) == bytes(changed)


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("a symbolic link", made(member("compose.yml", tarfile.SYMTYPE, "/etc/shadow"))),
        ("a hard link", made(member("compose.yml", tarfile.LNKTYPE, "../../x"))),
        ("a device", made(member("null", tarfile.CHRTYPE))),
        ("a pipe", made(member("pipe", tarfile.FIFOTYPE))),
        ("a folder", made(member("image", tarfile.DIRTYPE))),
        ("a header of the newer kind", made(member("é" * 90), form=tarfile.PAX_FORMAT)),
        ("a long name as GNU writes it", made(member("a" * 120), form=tarfile.GNU_FORMAT)),
        ("padding of another program", made(member("compose.yml", size=3))),
        ("the same name twice", pack(WIKI)[:1024] + pack(WIKI)),
        ("names out of order", pack(WIKI)[1024:2048] + pack(WIKI)[:1024] + pack(WIKI)[2048:]),
        ("something behind the end", pack(WIKI) + bytes(512)),
        ("no end", pack(WIKI)[:-1024]),
        ("half a header", pack(WIKI)[:300]),
        ("a file cut short", pack(WIKI)[:600]),
        ("nothing", b""),
        ("compressed data", b"\x1f\x8b" + bytes(700)),
    ],
    ids=lambda held: held if isinstance(held, str) else "",
)
def test_what_our_packing_would_not_write_is_not_opened(what: str, content: bytes) -> None:
    assert set(codes(content)) <= {"catalogue.bundle-not-plain", "catalogue.bundle-bad-name"}


NAMES = [
    "../../etc/passwd",
    "/etc/passwd",
    "a/../b",
    "./compose.yml",
    "a//b",
    ".git/config",
    "image/.hidden",
    "setup~",
    "__pycache__/x",
    "a\\b",
    "a\x1b[2Jb",
    "a\nb",
    "a\u202eb",
    "a\u200bb",
    "e\u0301",
    " a",
    "a ",
    "a/" * 20 + "b",
    "b" * 101 + "/" + "c" * 60,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_out_hides_or_steers_a_terminal_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_recipe_path(name)
    with pytest.raises(Refused):
        pack(Folder({name: b""}))
    with monkeypatch.context() as careless:
        careless.setattr(bundle, "_check_names", lambda *_: None)
        content = pack(Folder({name: b""}))
    with pytest.raises(Refused):
        unpack(content)


def test_a_file_cannot_be_a_folder_too() -> None:
    with pytest.raises(Refused):
        pack(Folder({"a": b"", "a/b": b""}))


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        (lambda: Folder({f"f{n}": b"" for n in range(bundle.MOST_FILES + 1)}), "catalogue.bundle-too-many"),
        (lambda: Folder({"big": bytes(bundle.MOST_BYTES)}), "catalogue.bundle-too-big"),
    ],
)
def test_too_much_is_neither_packed_nor_opened(
    folder: Callable[[], Folder], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = folder()
    with pytest.raises(Refused, match=code):
        pack(held)
    with monkeypatch.context() as careless:
        careless.setattr(bundle, "MOST_FILES", 10_000)
        careless.setattr(bundle, "MOST_BYTES", 2**30)
        content = pack(held)
    assert codes(content) == [code]


def test_a_size_that_promises_more_than_is_there_allocates_nothing() -> None:
    header = bytearray(pack(Folder({"a": b""}))[:512])
    header[124:136] = b"77777777777\0"

    assert codes(bytes(header) + bytes(1024)) == ["catalogue.bundle-not-plain"]
