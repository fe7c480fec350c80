"""Sentences whose code begins with ``statement.``: what is said to the network, and who may read it."""

from polder.kernel.sentences.mark import N_  # noqa: F401

SENTENCES: dict[str, str] = {}

HINTS: dict[str, str] = {}
