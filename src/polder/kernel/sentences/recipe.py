"""Sentences whose code begins with ``recipe.``."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "recipe.config-not-given": N_(
        "Only Polder's own ingress has its configs made for it; these have no content: {configs}."
    ),
    "recipe.no-file": N_("This recipe has no {file}."),
    "recipe.other-name": N_("This recipe calls itself “{recipe}”, but its folder is called “{folder}”."),
    "recipe.not-an-address": N_("“{value}” is not an address like https://www.dokuwiki.org."),
    "recipe.not-a-path": N_("“{value}” is not a path: it begins with / and has no spaces."),
    "recipe.not-a-package": N_("“{value}” is not the name of a Debian package."),
    "recipe.not-a-request": N_("“{value}” is not a request like “GET /start”."),
    "recipe.not-a-name": N_("“{value}” cannot be the name of a captured value."),
    "recipe.choices": N_("The setting “{setting}” must have choices if, and only if, its kind is “choice”."),
    "recipe.folder-default": N_("The setting “{setting}” is a folder of the group, so it has no default."),
    "recipe.image-unsaid": N_("There is a folder image/, but no key “image” that says how to build it."),
    "recipe.foreign-image": N_(
        "{instruction} takes the image “{image}” from elsewhere; a recipe builds on ${{BASE}}, on scratch, and on its own stages above."
    ),
    "recipe.foreign-builder": N_(
        "This line lets the image “{image}” from elsewhere do the building; take it out."
    ),
    "recipe.content-setting": N_("“{setting}” is not a setting of kind “folder” of this recipe."),
    "recipe.auth": N_("“auth” must be a list of a user and a password."),
    "recipe.form-and-body": N_("A request sends a form or a body, not both."),
    "recipe.pattern": N_("The pattern for “{name}” is no regular expression: {reason}."),
    "recipe.pattern-groups": N_(
        "The pattern for “{name}” must have one group in parentheses; it has {groups}."
    ),
    "recipe.unknown-value": N_("Nothing gives a value to ${{{name}}} here. Known are: {known}."),
    "recipe.unknown-value-near": N_(
        "Nothing gives a value to ${{{name}}} here. Did you mean ${{{nearest}}}?"
    ),
    "recipe.unknown-service": N_("compose.yml has no service “{name}”. It has: {known}."),
    "recipe.unknown-service-near": N_("compose.yml has no service “{name}”. Did you mean “{nearest}”?"),
    "recipe.unknown-volume": N_("compose.yml has no volume “{name}”. It has: {known}."),
    "recipe.unknown-volume-near": N_("compose.yml has no volume “{name}”. Did you mean “{nearest}”?"),
    "recipe.secret-unused": N_("compose.yml does not use the secret “{secret}”."),
    "recipe.secret-unsaid": N_(
        "compose.yml uses the secret “{secret}”, but recipe.yml does not say what it is."
    ),
    "recipe.no-image": N_("The service “{service}” has no image, and the recipe builds none."),
    "recipe.is": N_("{upstream}, {licence}, {source}"),
    "recipe.size": NP_(
        "Size {size}: {memory} of memory, {disk} of disk, for about {people} person.",
        "Size {size}: {memory} of memory, {disk} of disk, for about {people} people.",
        by="people",
    ),
    "recipe.setting": N_("Setting {setting} ({kind}): {question}"),
    "recipe.setting-required": N_("Setting {setting} ({kind}, must be given): {question}"),
    "recipe.keeps": N_("Keeps {dataset}: {meaning}"),
    "recipe.secret": N_("Secret {secret}: {meaning}"),
    "recipe.goes-out": N_("May reach the internet by itself."),
    "recipe.needs": N_("Asks beyond the ordinary for: {permissions}."),
}

HINTS: dict[str, str] = {
    "recipe.foreign-image": N_(
        "Begin with “ARG BASE” and “FROM ${{BASE}}”, and install what is needed from Debian, PyPI or npm."
    ),
    "recipe.config-not-given": N_(
        "Write the text below content: in compose.yml, or name a file of the recipe's folder."
    ),
}
