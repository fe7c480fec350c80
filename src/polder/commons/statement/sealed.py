"""What is inside an encrypted statement, and what its outside must not tell.

The plaintext names the provider again: a ciphertext that somebody copied out of another folder is refused, as is a document inside
whose author is another. Sizes are padded to powers of two, names are random, and recipients are filled up with keys nobody has to
one of a few counts; so the outside tells neither type nor title, and sizes only roughly.

>>> content = write_envelope("alder", "sha256:00", ["{}\\n"])
>>> len(content), read_envelope(content, "alder", "statements/sealed/ab.age")
(1024, Envelope(to='sha256:00', documents=('{}\\n',)))
>>> read_envelope(content, "cedar", "statements/sealed/ab.age")
Traceback (most recent call last):
polder.kernel.problem.Refused: cedar/statements/sealed/ab.age: statement.not-theirs {'provider': 'cedar', 'author': 'alder'}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from polder.kernel.digest import Digest, digest_of_data
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused

FORMAT = "polder-sealed-1"
SMALLEST, MOST_BYTES = 1024, 2**20
MOST_DOCUMENTS = 64
MOST_RECIPIENTS = 100
MAGIC, MOST_STANZAS, MOST_HEADER = b"age-encryption.org/v1\n", 128, 2**17
COUNTS = (4, 8, 16, 32, 64, MOST_RECIPIENTS)


@dataclass(frozen=True, slots=True)
class Envelope:
    """``to``: digest of the recipients, by which its author's other machines know whether it is still for the right ones."""

    to: str
    documents: tuple[str, ...]


def write_envelope(provider: str, to: str, documents: Sequence[str]) -> bytes:
    """The plaintext: documents exactly as they are, padded with blanks. ``statement.too-big`` when they do not fit."""
    content = write_plain({"format": FORMAT, "provider": provider, "to": to, "documents": list(documents)})
    if len(content) > MOST_BYTES:
        raise Refused(Problem("statement.too-big", "", {"size": len(content), "limit": MOST_BYTES}))
    return content.ljust(padded(len(content)))


def padded(size: int) -> int:
    """The size that ``size`` bytes are padded to.

    >>> padded(1), padded(1024), padded(1025)
    (1024, 1024, 2048)
    """
    return max(SMALLEST, 1 << (size - 1).bit_length())


def read_envelope(content: bytes, provider: str, path: str) -> Envelope:
    """What is in an opened envelope that ``provider`` published at ``path``.

    Refused: ``statement.not-theirs`` (encrypted by another), ``statement.bad-envelope``, ``kernel.not-plain``.
    """
    where = f"{provider}/{path}"
    held = read_plain(content.rstrip(b" "), where, MOST_BYTES)
    documents, author = held.get("documents"), held.get("provider")
    good = isinstance(documents, list) and len(documents) <= MOST_DOCUMENTS
    if held.get("format") != FORMAT or not good or not all(isinstance(one, str) for one in documents or ()):
        raise Refused(Problem("statement.bad-envelope", where))
    if author != provider:
        values = {"provider": provider, "author": str(author)[:60]}
        raise Refused(Problem("statement.not-theirs", where, values))
    return Envelope(str(held.get("to", ""))[:80], tuple(documents or ()))


def refuse_odd(content: bytes, where: str) -> None:
    """``statement.bad-sealed`` for a ciphertext that would cost more than it may: too long, no binary age, too many stanzas (age v1,
    header: each begins a line with ``->``, and the header ends with a line that begins with ``---``)."""
    header = content[:MOST_HEADER].partition(b"\n---")[0]
    good = content.startswith(MAGIC) and len(content) <= MOST_BYTES + 2 * MOST_HEADER
    if not good or len(header) == MOST_HEADER or header.count(b"\n->") > MOST_STANZAS:
        raise Refused(Problem("statement.bad-sealed", where))


def digest_of_recipients(recipients: Iterable[str]) -> Digest:
    """The same for the same recipients, in any order."""
    return digest_of_data(sorted(set(recipients)))


def shares(recipients: Iterable[str]) -> list[tuple[str, ...]]:
    """Recipients, sorted, in as few ciphertexts as the limit of one allows."""
    every = sorted(set(recipients))
    return [tuple(every[at : at + MOST_RECIPIENTS]) for at in range(0, len(every), MOST_RECIPIENTS)]


def fillers(count: int) -> int:
    """How many keys that nobody has go beside ``count`` recipients.

    >>> fillers(1), fillers(4), fillers(70), fillers(100)
    (3, 0, 30, 0)
    """
    return next(size for size in COUNTS if size >= count) - count
