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
    "trust.no-key": N_("There is no key called “{name}” in keys/."),
    "trust.key-there": N_("There is a key for “{name}” already; it is left as it is."),
    "trust.key-mismatch": N_("The private key and the public one for “{name}” do not belong together."),
    "trust.key-not-here": N_(
        "The private key of “{name}” is not on this machine, and no SSH agent here holds it."
    ),
    "trust.key-closed": N_("The key of “{name}” does not open with any of your keys ({places})."),
    "trust.bad-public-key": N_("This file holds no public key of ours: one line of 64 hex digits."),
    "trust.passphrase-short": N_("A passphrase that protects a key has {least} characters or more."),
    "trust.passphrase-wanted": N_(
        "The key of “{name}” opens with a passphrase, and nobody is here to give it."
    ),
    "trust.passphrase-wrong": N_("This is not the passphrase of the key of “{name}”."),
    "trust.agent-refused": N_("The SSH agent did not sign with the key {key}…"),
    "trust.agent-key-kind": N_(
        "A key in an SSH agent can sign here when it is of the kind ssh-ed25519, not “{kind}”."
    ),
}

HINTS: dict[str, str] = {
    "trust.key-closed": N_("Name the file of the right key in POLDER_IDENTITY."),
    "trust.no-key": N_("Make it: polder network keys new"),
    "trust.key-there": N_("To get a new one in its place: polder network keys rotate {name}"),
    "trust.key-not-here": N_(
        "Sign on the machine where it is, add it to the agent (ssh-add), or bring it back from paper: polder network keys restore {name}"
    ),
    "trust.passphrase-short": N_(
        "Four or five words that nobody would guess, with spaces between them, are easy to remember."
    ),
    "trust.passphrase-wrong": N_("If it is forgotten, the words on paper still bring the key back."),
    "trust.agent-key-kind": N_(
        "Security keys (sk-ssh-ed25519) sign in a form of their own, which other providers could not check."
    ),
}
