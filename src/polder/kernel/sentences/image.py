"""Sentences whose code begins with ``image.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
}

HINTS: dict[str, str] = {
}
