"""Sentences whose code begins with ``secret.``."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "secret.no-recipients": N_("There is nobody to encrypt to: site.yml names no operators."),
    "secret.bad-recipient": N_("{recipient} is not a key that secrets can be encrypted to: {why}."),
    "secret.not-for-you": N_("This secret is not encrypted to any of your keys ({places})."),
    "secret.damaged": N_("This file is damaged or was not written by age."),
    "secret.no-identity": N_("No private key was found to open secrets with."),
    "secret.identity-missing": N_("The private key {path} cannot be read."),
    "secret.identity-open": N_("The private key {path} can be read by other users of this machine."),
    "secret.identity-locked": N_(
        "The SSH key {path} is protected by a passphrase, which Polder does not ask for."
    ),
    "secret.identity-bad": N_("{path} holds no private key of age or SSH."),
    "secret.identity-exists": N_("{path} exists already and was left as it is."),
    "secret.bad-name": N_("{name} is not the name of a secret: it is written GROUP.APP.SECRET."),
    "secret.unknown": N_("This site has no secret {name}. Nearest: {near}."),
    "secret.no-file": N_("The secret {name} has no value yet."),
    "secret.not-generated": N_(
        "The secret {name} is not one that Polder generates; somebody must give its value."
    ),
    "secret.authority": N_(
        "{name} is made and renewed by Polder itself: it is part of the site's certificate authority, or opens its managers."
    ),
    "secret.empty": N_("An empty value was given."),
    "secret.too-big": N_("The value has {size} bytes; the engine takes {limit} at most."),
    "secret.not-terminal": N_(
        "The output is not a terminal: the secret would end up in a file or another program."
    ),
    "secret.set": N_(
        "The secret {name} is written, readable by {operators}. The next `polder plan` shows it."
    ),
    "secret.rotated": N_("The secret {name} has a new value. The next `polder plan` shows the rotation."),
    "secret.reencrypted": NP_(
        "{count} secret is now readable by {operators}, and nobody else from now on.",
        "{count} secrets are now readable by {operators}, and nobody else from now on.",
    ),
    "secret.key-made": N_(
        "A private key was written to {path}. Keep a copy of it where only you can read it."
    ),
    "secret.key-recipient": N_("Its public half, for site.yml or network.yml: {recipient}"),
    "secret.ask": N_("Value of {name} (not shown)"),
    "secret.ask-again": N_("The same value again"),
    "secret.list-empty": N_("This site has no secrets."),
}

HINTS: dict[str, str] = {
    "secret.no-recipients": N_("Make a key with `polder key new`, then: polder operator add NAME age1..."),
    "secret.not-for-you": N_(
        "age does not say whom a file is for. Ask another operator to add you to site.yml and run "
        "`polder secret reencrypt`, or name your right key in POLDER_IDENTITY."
    ),
    "secret.damaged": N_(
        "Take the file from the site's history (git), or give the value anew: polder secret set NAME"
    ),
    "secret.no-identity": N_(
        "Make one with `polder key new` (it goes to {default}), or name one in POLDER_IDENTITY."
    ),
    "secret.identity-missing": N_("POLDER_IDENTITY names it: is the path right, and may you read the file?"),
    "secret.identity-open": N_("Take that away: chmod 600 {path}"),
    "secret.identity-locked": N_(
        "Make a key for Polder with `polder key new`, or name another in POLDER_IDENTITY."
    ),
    "secret.identity-exists": N_("Name another place with --file, or use the key that is there."),
    "secret.bad-name": N_("`polder secret list` shows them all."),
    "secret.unknown": N_("`polder secret list` shows them all."),
    "secret.no-file": N_(
        "`polder apply` generates it if its recipe says so; otherwise: polder secret set {name}"
    ),
    "secret.not-generated": N_("Give it with: polder secret set {name}"),
    "secret.not-terminal": N_("Say --yes if that is what you want."),
    "secret.reencrypted": N_(
        "Whoever could read them before may have kept the values and the site's history: rotate what matters."
    ),
}
