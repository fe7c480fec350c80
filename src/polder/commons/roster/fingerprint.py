"""A network's fingerprint, the digest of its first roster, as words that two people read to each other.

24 words of BIP 39 carry the 256 bits and a checksum, so that one misheard word is noticed. The lists exist in five of our languages;
the others get English. Hex works too, with any spaces in it.

>>> one = Digest("sha256:" + "0" * 62 + "2a")
>>> spoken(one, "sq").split()[:2], spoken(one, "fr").split()[:1]
(['abandon', 'abandon'], ['abaisser'])
>>> heard(spoken(one, "es")) == heard("sha256:" + "00 " * 31 + "2A") == one
True
"""

from __future__ import annotations

import re
import unicodedata

from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused

LISTS = {"en": "english", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese"}
WORDS = 24


def spoken(digest: Digest, language: str = "en") -> str:
    """24 words with spaces between them."""
    from mnemonic import Mnemonic

    words = Mnemonic(LISTS.get(language, "english")).to_mnemonic(
        bytes.fromhex(digest.removeprefix("sha256:"))
    )
    return unicodedata.normalize("NFC", words)


def heard(text: str) -> Digest:
    """The digest that somebody typed, as words of any of the lists or as hex.

    Problems: ``roster.fingerprint-words`` (how many there are), ``roster.fingerprint-wrong`` (a word of no list, or the checksum).
    """
    digits = re.sub(r"\s", "", text).lower().removeprefix("sha256:")
    if re.fullmatch(r"[0-9a-f]{64}", digits):
        return Digest(f"sha256:{digits}")
    words = [_plain(word) for word in text.split()]
    if len(words) != WORDS:
        raise Refused(Problem("roster.fingerprint-words", "", {"found": len(words), "wanted": WORDS}))
    for name in LISTS.values():
        if (found := _from(words, name)) is not None:
            return found
    raise Refused(Problem("roster.fingerprint-wrong"))


def _from(words: list[str], name: str) -> Digest | None:
    from mnemonic import Mnemonic

    known = Mnemonic(name)
    numbers = {_plain(word): word for word in known.wordlist}
    try:
        return Digest("sha256:" + bytes(known.to_entropy([numbers[word] for word in words])).hex())
    except (KeyError, ValueError, LookupError):
        return None


def _plain(word: str) -> str:
    """Lower case, without accents: people type them or not."""
    parts = unicodedata.normalize("NFD", word.strip(",.;").lower())
    return "".join(one for one in parts if not unicodedata.combining(one))
