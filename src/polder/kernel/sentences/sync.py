"""Sentences whose code begins with ``sync.``: what comes from peers, and what is wrong with it."""

from polder.kernel.sentences.mark import N_  # noqa: F401

SENTENCES: dict[str, str] = {}

HINTS: dict[str, str] = {}
