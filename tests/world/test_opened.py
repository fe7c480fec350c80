"""What was opened before: it saves time, and is never believed beyond that."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from polder.kernel.digest import digest_of_bytes, digest_of_data, short
from polder.kernel.plain import write_plain
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.world import opened as module
from polder.world.age import Identities, decrypt, encrypt, load_identities, new_identity, nobodys_recipient
from polder.world.opened import FORMAT, MARK, NOT_OURS, OPENED, Opened


class Reader:
    """A provider with a key, and its memory. ``tries``: how many files its key was tried on."""

    def __init__(self, top: Path) -> None:
        self.folder, self.key = top / "opened", top / "key.txt"
        self.recipients = [new_identity(self.key)]
        self.tries = 0

    def identities(self) -> Identities:
        return load_identities({"POLDER_IDENTITY": str(self.key)}, Path("/nowhere"))

    def memory(self) -> Opened:
        memory = Opened(self.folder, self.identities(), self.recipients)
        tried = memory.opener

        def counted(content: bytes, where: str) -> bytes | None:
            self.tries += 1
            return tried(content, where)

        memory.opener, self.tries = counted, 0
        return memory

    def reads(self, *files: bytes) -> list[bytes | None]:
        with self.memory() as memory:
            return [memory.open(content, "somewhere") for content in files]

    def told(self, plain: bytes) -> bytes:
        return encrypt(Secret(plain), [nobodys_recipient(), *self.recipients], armored=False)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def not_ours() -> bytes:
    return encrypt(Secret("x"), [nobodys_recipient()], armored=False)


def test_a_key_is_tried_on_a_file_once(reader: Reader) -> None:
    files = [reader.told(b"one  "), reader.told(b"\xff\n\x00"), reader.told(b""), not_ours()]
    assert reader.reads(*files) == [b"one  ", b"\xff\n\x00", b"", None]
    assert reader.tries == 4
    assert reader.reads(*files) == [b"one  ", b"\xff\n\x00", b"", None]
    assert reader.tries == 0
    assert {path.stat().st_mode & 0o777 for path in reader.folder.iterdir()} == {0o600}


def test_only_what_is_new_is_tried_and_what_went_is_forgotten(reader: Reader) -> None:
    one, other, third = (reader.told(word) for word in (b"one", b"other", b"third"))
    reader.reads(one, other)
    assert (reader.reads(other, third), reader.tries) == ([b"other", b"third"], 1)
    assert b"one" not in decrypt((reader.folder / OPENED).read_bytes(), reader.identities()).reveal_bytes()
    assert (reader.reads(one, other), reader.tries) == ([b"one", b"other"], 1)


def test_with_nothing_new_nothing_is_written(reader: Reader) -> None:
    files = [reader.told(b"one"), not_ours()]
    reader.reads(*files)
    before = written(reader.folder)
    reader.reads(*reversed(files))
    assert written(reader.folder) == before


def written(folder: Path) -> dict[str, tuple[int, int]]:
    """Which file each is, and when it was last written."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.mark.parametrize("name", [OPENED, NOT_OURS])
@pytest.mark.parametrize("damage", ["empty", "cut", "other", "gone"])
def test_a_damaged_memory_is_made_anew(reader: Reader, name: str, damage: str) -> None:
    files = [reader.told(b"one"), not_ours()]
    reader.reads(*files)
    path = reader.folder / name
    whole = path.read_bytes()
    path.write_bytes({"empty": b"", "cut": whole[:-2], "other": whole + b"x", "gone": b""}[damage])
    if damage == "gone":
        path.unlink()
    assert reader.reads(*files) == [b"one", None]
    assert reader.tries == 1
    reader.reads(*files)
    assert reader.tries == 0


@pytest.mark.parametrize(
    "inside",
    [b"", b"{}\n", b'{"sizes":[1]}\n', b'{"sizes":{"a":9}}\nshort', b'{"sizes":{"a":-1,"b":2}}\nx', b"[]\n"],
)
def test_a_memory_that_says_nonsense_is_made_anew(reader: Reader, inside: bytes) -> None:
    one = reader.told(b"one")
    reader.reads(one)
    marked = f"{reader.identities().mark(MARK, inside)}\n".encode() + inside
    (reader.folder / OPENED).write_bytes(encrypt(Secret(marked), reader.recipients, armored=False))
    assert (reader.reads(one), reader.tries) == ([b"one"], 1)


def test_another_key_is_tried_on_everything_that_the_last_one_did_not_open(
    reader: Reader, tmp_path: Path
) -> None:
    own = new_identity(tmp_path / "new.txt")
    file = encrypt(Secret("for the new one"), [own], armored=False)
    assert reader.reads(file) == [None]
    reader.key.write_bytes(reader.key.read_bytes() + (tmp_path / "new.txt").read_bytes())
    os.utime(reader.key, (1, 1))
    assert reader.reads(file) == [b"for the new one"]


def test_after_a_change_of_keys_the_old_one_opens_nothing_of_the_memory(
    reader: Reader, tmp_path: Path
) -> None:
    old = reader.identities()
    one = reader.told(b"one")
    reader.reads(one)
    reader.recipients = [new_identity(tmp_path / "new.txt")]
    reader.key.write_bytes((tmp_path / "new.txt").read_bytes() + reader.key.read_bytes())

    assert (reader.reads(one), reader.tries) == ([b"one"], 1)
    with pytest.raises(Refused, match="secret.not-for-you"):
        decrypt((reader.folder / OPENED).read_bytes(), old)


def test_who_has_no_key_any_more_reads_nothing(reader: Reader) -> None:
    one = reader.told(b"one")
    reader.reads(one)
    with Opened(reader.folder, None, reader.recipients) as memory:
        assert memory.open(one, "somewhere") is None
    assert (reader.reads(one), reader.tries) == ([b"one"], 0)


def test_what_was_opened_before_somebody_interrupts_is_kept(reader: Reader) -> None:
    first, second, third = reader.told(b"first"), not_ours(), reader.told(b"third")
    reader.reads(first, second)
    memory = Opened(reader.folder, reader.identities(), reader.recipients)
    with pytest.raises(KeyboardInterrupt), memory:
        memory.open(third, "somewhere")
        raise KeyboardInterrupt
    assert (reader.reads(first, second, third), reader.tries) == ([b"first", None, b"third"], 0)


def test_a_damaged_file_is_tried_once_and_refused_each_time(reader: Reader) -> None:
    one = reader.told(b"one")
    for tries in (2, 0, 0):
        memory = reader.memory()
        with memory:
            assert memory.open(one, "here") == b"one"
            with pytest.raises(Refused, match="there: secret.damaged"):
                memory.open(one[:-1], "there")
        assert reader.tries == tries


def test_long_ones_crowd_out_no_short_ones(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 100)
    long, short = [reader.told(b"x" * 99) for _ in range(3)], [reader.told(b"y" * 20) for _ in range(5)]
    reader.reads(*long, *short)
    assert reader.reads(*long, *short) == [b"x" * 99] * 3 + [b"y" * 20] * 5
    assert reader.tries == 3


def test_the_files_of_an_earlier_form_go(reader: Reader) -> None:
    one = reader.told(b"one")
    reader.folder.mkdir()
    (reader.folder / f"{'0' * 32}.age").write_bytes(one)
    reader.reads(one)
    assert sorted(path.name for path in reader.folder.iterdir()) == [NOT_OURS, OPENED]


@pytest.mark.parametrize("found", [5, "x", None, [[1]], {"a": 1}])
def test_a_list_of_what_is_not_ours_in_another_form_is_lost(reader: Reader, found: object) -> None:
    files = [reader.told(b"one"), not_ours()]
    reader.reads(*files)
    path = reader.folder / NOT_OURS
    path.write_text(json.dumps({**json.loads(path.read_text()), "not-ours": found, "damaged": found}))

    assert reader.reads(*files) == [b"one", None]


def remembered(reader: Reader, file: bytes, plain: bytes) -> bytes:
    """What the memory would say, if ``plain`` had come out of ``file``."""
    sizes = {short(digest_of_bytes(file), 32): len(plain)}
    head = {"format": FORMAT, "for": digest_of_data(tuple(reader.recipients)), "sizes": sizes}
    return write_plain(head) + plain


def test_words_that_somebody_without_our_key_puts_into_the_memory_are_not_believed(
    reader: Reader, tmp_path: Path
) -> None:
    """Our recipient is public, and the marks of another key are worth nothing."""
    new_identity(tmp_path / "theirs.txt")
    theirs = load_identities({"POLDER_IDENTITY": str(tmp_path / "theirs.txt")}, Path("/nowhere"))
    one = reader.told(b"one")
    reader.reads(one)
    forged = remembered(reader, one, b"two")
    for mark in (b"", b"0" * 64 + b"\n", f"{theirs.mark(MARK, forged)}\n".encode()):
        (reader.folder / OPENED).write_bytes(encrypt(Secret(mark + forged), reader.recipients, armored=False))
        assert (reader.reads(one), reader.tries) == ([b"one"], 1)
    ours = f"{reader.identities().mark(MARK, forged)}\n".encode()
    (reader.folder / OPENED).write_bytes(encrypt(Secret(ours + forged), reader.recipients, armored=False))
    assert reader.reads(one) == [b"two"]


@pytest.mark.parametrize("lists", ["not-ours", "damaged"])
def test_nobody_without_our_key_hides_anything_by_listing_it(reader: Reader, lists: str) -> None:
    files = [reader.told(b"one"), not_ours()]
    reader.reads(*files)
    path = reader.folder / NOT_OURS
    held = json.loads(path.read_text())
    path.write_text(json.dumps({**held, lists: [short(digest_of_bytes(one), 32) for one in files]}))
    (reader.folder / OPENED).unlink()

    assert (reader.reads(*files), reader.tries) == ([b"one", None], 2)
    assert (reader.reads(*files), reader.tries) == ([b"one", None], 0)
