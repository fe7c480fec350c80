"""Sentences whose code begins with ``catalogue.``: recipes of peers."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "catalogue.bundle-bad-name": N_("“{path}” is no name under which a recipe's file can be given away."),
    "catalogue.bundle-too-many": N_("The recipe has {count} files; {limit} at most can be given away."),
    "catalogue.bundle-too-big": N_("The recipe has {size} bytes; {limit} at most can be given away."),
    "catalogue.bundle-not-plain": N_(
        "The recipe's file is not packed the one way in which recipes are packed."
    ),
    "catalogue.wrong-field": N_("“{key}” is missing, or is not what belongs there."),
    "catalogue.other-format": N_("This is not of the format {format}."),
    "catalogue.other-name": N_("It calls itself “{name}”, which is not its place."),
    "catalogue.no-bundle": N_("The recipe is offered, but its file is not there."),
    "catalogue.other-bundle": N_("The recipe's file is another one than the offer says."),
    "catalogue.other-digest": N_("The recipe's files make the digest {found}, but the offer says {said}."),
    "catalogue.not-a-reference": N_(
        "“{value}” is neither a recipe's name nor NAME@DIGEST with at least 8 hex digits."
    ),
    "catalogue.not-offered": N_("No peer offers a recipe called “{recipe}”."),
    "catalogue.not-offered-near": N_("No peer offers a recipe called “{recipe}”. Did you mean “{nearest}”?"),
    "catalogue.not-that-one": N_("Nobody offers that “{recipe}”. There are: {offered}."),
    "catalogue.which": N_("Different recipes are offered under the name “{recipe}”: {offered}."),
    "catalogue.stale": N_(
        "{provider} was not heard of in time; what it offered may have been taken back. Nothing new is taken from it."
    ),
    "catalogue.too-few-approvals": N_("Your rule wants {wanted} approvals of {of}; {found} of them count."),
    "catalogue.too-few-of-all": N_("Your rule wants {wanted} approvals of members; {found} count."),
    "catalogue.does-not-count": N_("is not among those whose word your rule asks for"),
    "catalogue.word-is-old": N_("was not heard of in time"),
    "catalogue.offers-it-itself": N_("is who it would be taken from, or belongs together with them"),
    "catalogue.same-group": N_("belongs together with another who is counted already"),
}

HINTS: dict[str, str] = {
    "catalogue.not-offered": N_(
        "Ask the network for what is new (polder network sync), then see polder catalogue."
    ),
    "catalogue.which": N_("Say which: polder adopt NAME@DIGEST, or --from PROVIDER."),
    "catalogue.stale": N_("Try again after: polder network sync"),
    "catalogue.too-few-approvals": N_(
        "The rule stands in network.yml below adopt:. Whoever reads a recipe for you says so with polder network approve-recipe."
    ),
    "catalogue.too-few-of-all": N_(
        "The rule stands in network.yml below adopt:. Whoever reads a recipe for you says so with polder network approve-recipe."
    ),
}
