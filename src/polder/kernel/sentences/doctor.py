"""Sentences whose code begins with ``doctor.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
}

HINTS: dict[str, str] = {
}
