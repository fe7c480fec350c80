"""Sentences whose code begins with ``kernel.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "kernel.example": N_("Mend the {thing}."),
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
}

HINTS: dict[str, str] = {
    "kernel.yaml-key": N_("Put it in quotes."),
    "kernel.yaml-tab": N_("Most editors can turn tabs into spaces: look for “indent using spaces”."),
    "kernel.yaml-tag": N_("To make something text, put it in quotes."),
    "kernel.yaml-not-utf8": N_("Save the file again with the encoding UTF-8."),
}
