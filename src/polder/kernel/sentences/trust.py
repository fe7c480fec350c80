"""Sentences whose code begins with ``trust.``: signed documents, and why one is not believed."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "trust.too-big": N_("It has {size} bytes; at most {limit} are read."),
    "trust.not-a-document": N_("It is no signed document of the kind that belongs here: {why}"),
    "trust.key-kind": N_("It names a key of kind {kind}; only Ed25519 keys count here."),
    "trust.key-id": N_(
        "It names a key as {key}…, whose material makes {made}…: the same key could count twice."
    ),
    "trust.too-few-signatures": N_("{found} of the keys for “{role}” signed it; {wanted} must."),
}
