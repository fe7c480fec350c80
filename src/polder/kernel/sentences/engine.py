"""Sentences whose code begins with ``engine.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
}

HINTS: dict[str, str] = {
}
