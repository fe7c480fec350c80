"""Sentences whose code begins with ``advisory.``: warnings between providers."""

from polder.kernel.sentences.mark import N_  # noqa: F401

SENTENCES: dict[str, str] = {}

HINTS: dict[str, str] = {}
