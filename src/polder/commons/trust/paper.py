"""A private key as 24 words on paper (BIP 39: 32 bytes and a checksum of 8 bits), in the languages that have a list of words.

Read back forgivingly: capitals, accents, numbers and punctuation do not matter, and the first four letters of a word are enough
(they are different for every word of a list).

>>> words = words_of(Secret(bytes(32)), "fr")
>>> words.reveal().split()[:2], words
(['abaisser', 'abaisser'], Secret(***))
>>> seed_of("abai " * 23 + "ANAPHORE").reveal_bytes() == bytes(32)
True
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret

LISTS: Mapping[str, str] = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
}
COUNT, ENOUGH = 24, 4
_WORD = re.compile(r"[^\W\d_]+")


def words_of(seed: Secret, language: str = "en") -> Secret:
    """The 24 words of a seed of 32 bytes, with spaces between them; English where ``language`` has no list."""
    from mnemonic import Mnemonic

    words = Mnemonic(LISTS.get(language, "english")).to_mnemonic(seed.reveal_bytes()).split()
    return Secret(unicodedata.normalize("NFC", " ".join(words)))


def seed_of(text: str) -> Secret:
    """The 32 bytes that the words in ``text`` stand for, whichever list they are of.

    Refused, without showing any of the words: ``trust.words-count``, ``trust.words-unknown`` (their places), ``trust.words-checksum``.
    """
    given = [_plain(word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]
    if len(given) != COUNT:
        raise Refused(Problem("trust.words-count", "", {"found": len(given), "wanted": COUNT}))
    best: Sequence[int] | None = None
    for name in LISTS.values():
        words = [_known(name).get(word[:ENOUGH] if len(word) >= ENOUGH else word) for word in given]
        unknown = [at for at, word in enumerate(words, 1) if word is None]
        if not unknown and (seed := _entropy(name, [word for word in words if word])):
            return seed
        best = unknown if best is None or len(unknown) < len(best) else best
    if best:
        raise Refused(Problem("trust.words-unknown", "", {"places": tuple(str(at) for at in best)}))
    raise Refused(Problem("trust.words-checksum"))


@cache
def _known(name: str) -> Mapping[str, str]:
    """What tells a word of the list apart (its first letters, plain) to the word."""
    from mnemonic import Mnemonic

    return {_plain(word)[:ENOUGH]: word for word in Mnemonic(name).wordlist}


def _entropy(name: str, words: Sequence[str]) -> Secret | None:
    from mnemonic import Mnemonic

    reader = Mnemonic(name)
    text = reader.normalize_string(" ".join(words))
    return Secret(bytes(reader.to_entropy(text))) if reader.check(text) else None


def _plain(word: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
