"""Sentences whose code begins with ``kernel.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "kernel.not-utf8": N_("“{text}” is not UTF-8."),
    "kernel.not-plain": N_("This is not the JSON that belongs here: {why}"),
    "kernel.example": N_("Mend the {thing}."),
    "kernel.unreachable": N_("No answer from {what}: {why}"),
    "kernel.file-trouble": N_("The system refused it: {reason}."),
    "kernel.interrupted": N_(
        "Interrupted. What was done stays done; run the same command again to complete it."
    ),
    "kernel.yaml-too-big": N_("This file has {size} bytes; a file of settings may have {limit} at most."),
    "kernel.yaml-not-utf8": N_("This file is not UTF-8 text: the byte {byte} does not fit."),
    "kernel.yaml-control": N_("The character {character} cannot be seen and is not allowed here."),
    "kernel.yaml-syntax": N_("This is not YAML: {reason}."),
    "kernel.yaml-tab": N_("This line is indented with a tab; YAML takes spaces only."),
    "kernel.yaml-documents": N_("A second document begins here; a file holds one."),
    "kernel.yaml-version": N_("This file says it is YAML {version}; Polder reads YAML 1.2."),
    "kernel.yaml-deep": N_("This is nested more than {limit} levels deep."),
    "kernel.yaml-bomb": N_("With its aliases written out, this file has more than {limit} values."),
    "kernel.yaml-own-alias": N_("The alias *{name} stands inside the very thing it repeats."),
    "kernel.yaml-unknown-alias": N_("The alias *{name} repeats nothing: no &{name} comes before it."),
    "kernel.yaml-key": N_("The key “{key}” is not text."),
    "kernel.yaml-merge": N_("Merge keys (<<) are not read here; write the keys out."),
    "kernel.yaml-duplicate": N_("The key “{key}” is already in line {first}."),
    "kernel.yaml-tag": N_("The tag {tag} is not allowed: values here need none."),
    "kernel.unknown-key": N_("There is no key “{key}” here. The keys are: {known}."),
    "kernel.unknown-key-near": N_("There is no key “{key}” here. Did you mean “{nearest}”?"),
    "kernel.missing-key": N_("The key “{key}” is missing here."),
    "kernel.no-value": N_("“{key}” has no value."),
    "kernel.too-few": N_("“{key}” needs {least} or more."),
    "kernel.too-long": N_("“{key}” is longer than {limit} characters."),
    "kernel.out-of-bounds": N_("“{key}” is {value}; it must be between {least} and {most}."),
    "kernel.not-keys": N_("This file must hold keys and values, like “name: something”."),
    "kernel.not-a-mapping": N_("“{key}” must hold keys and values."),
    "kernel.not-a-list": N_("“{key}” must be a list, like “[one, two]”."),
    "kernel.not-text": N_("“{key}” must be text, and {value} is not."),
    "kernel.not-one-value": N_("“{key}” must be a single value, neither a list nor keys and values."),
    "kernel.not-one-line": N_("“{key}” must be a single line of text."),
    "kernel.unseen-character": N_("“{key}” holds a character that cannot be seen."),
    "kernel.not-a-number": N_("“{key}” must be a number, and “{value}” is not."),
    "kernel.not-yes-no": N_("“{key}” must be true or false, and “{value}” is neither."),
    "kernel.not-a-size": N_("“{key}” must be an amount like 128M or 1.5G, and “{value}” is not."),
    "kernel.not-a-duration": N_("“{key}” must be a time like 30s or 1m30s, and “{value}” is not."),
    "kernel.not-a-slug": N_(
        "“{value}” cannot be used as a name for “{key}”: it takes a lower-case letter, then letters, digits"
        " and single hyphens, 32 at most."
    ),
    "kernel.not-a-domain": N_("“{value}” is not a domain name like wiki.lilas.example, in lower case."),
    "kernel.not-a-language": N_("“{value}” is not the code of a language, like en, fr or es."),
    "kernel.not-a-choice": N_("“{key}” cannot be “{value}”. It is one of: {choices}."),
    "kernel.not-a-choice-near": N_("“{key}” cannot be “{value}”. Did you mean “{nearest}”?"),
}

HINTS: dict[str, str] = {
    "kernel.not-text": N_("Put it in quotes."),
    "kernel.not-yes-no": N_("In YAML 1.2, yes, no, on and off are words like any other."),
    "kernel.yaml-key": N_("Put it in quotes."),
    "kernel.yaml-tab": N_("Most editors can turn tabs into spaces: look for “indent using spaces”."),
    "kernel.yaml-tag": N_("To make something text, put it in quotes."),
    "kernel.yaml-not-utf8": N_("Save the file again with the encoding UTF-8."),
}
