"""Sentences whose code begins with ``compose.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
}

HINTS: dict[str, str] = {
}
