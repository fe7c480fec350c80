"""Sentences whose code begins with ``statement.``: what is said to the network, and who may read it."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    # what people write
    "statement.unknown-type": N_("There are no statements of the type “{type}”; there are: {known}."),
    "statement.unknown-type-near": N_(
        "There are no statements of the type “{type}”; did you mean “{nearest}”?"
    ),
    "statement.bad-id": N_("“{id}” is no id for a statement: lower-case letters, digits and hyphens."),
    "statement.no-title": N_("A statement needs a title in at least one language."),
    "statement.for-nobody": N_("This audience names nobody."),
    "statement.not-a-moment": N_("“{value}” is not a time in UTC, such as 2026-12-01T18:00:00Z."),
    "statement.not-a-digest": N_("“{value}” is not a digest: sha256: and 64 hex digits."),
    "statement.not-a-reader": N_("“{value}” is neither a provider (cedar) nor somebody there (cedar/ana)."),
    "statement.not-a-circle": N_("“{value}” is not a circle's name, such as care or alder/care."),
    "statement.not-a-link": N_("“{value}” is not a link: https://…"),
    "statement.not-a-scope": N_("“{value}” is no audience that a statement can have."),
    "statement.field-for-all": N_("“{field}” cannot be for some readers only; these fields can: {known}."),
    "statement.circle-no-steward": N_("A circle needs at least one steward, a provider who may change it."),
    "statement.unknown-circle": N_("Nobody has made a circle called “{circle}”, as far as is known here."),
    "statement.unknown-circle-near": N_(
        "Nobody has made a circle called “{circle}”, as far as is known here; did you mean “{nearest}”?"
    ),
    "statement.unknown-provider": N_(
        "“{provider}” is neither in the network nor followed from here; nothing was written."
    ),
    "statement.unknown-provider-near": N_(
        "“{provider}” is neither in the network nor followed from here; did you mean “{nearest}”? Nothing was written."
    ),
    "statement.not-in-circle": N_("“{provider}” is neither a member nor a steward of the circle."),
    "statement.not-in-circle-near": N_(
        "“{provider}” is neither a member nor a steward of the circle; did you mean “{nearest}”?"
    ),
    "statement.circle-ambiguous": N_("“{circle}” could be {known}: write the whole name."),
    "statement.not-a-steward": N_(
        "{provider} is not a steward of the circle {circle}, or the circle has ended: it cannot change it."
    ),
    "statement.unknown-earlier": N_("There is no earlier statement {statement} of yours."),
    "statement.no-own-recipients": N_(
        "{statement} would be encrypted, and network.yml names no recipient of yours: you could not read it yourselves."
    ),
    "statement.key-needed": N_(
        "Who may read what is not public can only be worked out with a key that opens what peers say: none was found."
    ),
    "statement.named-key-needed": N_(
        "Who may read what is not public can only be worked out with a key that opens what peers say: none was found."
    ),
    "statement.exists": N_("There is a statement {statement} already."),
    "statement.twice": N_("{other} is the same statement: one type and id is one file."),
    "statement.not-said": N_("There is no statement {statement} of yours here."),
    "statement.not-found": N_("There is no statement “{statement}” that you can read."),
    "statement.not-found-near": N_(
        "There is no statement “{statement}” that you can read; did you mean “{nearest}”?"
    ),
    "statement.several": N_("“{statement}” could be {names}: write the whole name."),
    "statement.not-a-field": N_(
        "“{value}” is not a field and its value: field=value, or field.language=value."
    ),
    "statement.circle-no-change": N_("That would not change the circle {circle}."),
    # what peers publish
    "statement.not-theirs": N_("It is published by {provider}, and speaks for {author}: it was refused."),
    "statement.wrong-place": N_("It is the statement {statement}, which does not belong there."),
    "statement.bad-envelope": N_("It was opened, and what is inside is no statement."),
    "statement.bad-sealed": N_("It is no encrypted statement that may be opened: too long, or for too many."),
    "statement.stale": N_(
        "What {provider} says is as of {since}: its word has run out since, and nothing newer came."
    ),
    "statement.too-deep": N_("It is nested deeper than {limit} levels."),
    "statement.more-problems": N_("More files of it that were refused: {count}."),
    "statement.too-big": N_("It has {size} bytes; {limit} are the most."),
    "statement.rivals": N_("These stand beside each other, each in the place of the other: {names}."),
    "statement.circle-split": N_(
        "The circle {circle} is split: {providers} changed it side by side. Until a steward joins the versions, "
        "only those whom all of them name are members."
    ),
    "statement.circle-not-theirs": N_(
        "A version of the circle {circle} counts for nothing: {provider} was no steward of the version before, or nobody has that one."
    ),
    # what happens when it is given
    "statement.source-missing": N_("{statement} stays given as it is: its source is not in this folder."),
    "statement.source-behind": N_(
        "Another machine has given a later version since: this file was passed over."
    ),
    "statement.not-a-member": N_(
        "{statement} is also meant for {providers}: not in the network, so nothing goes there."
    ),
    "statement.no-recipients": N_(
        "{statement} is also meant for {providers}: the roster names no recipient there, so nothing goes there."
    ),
    "statement.too-many": N_("Files that would be given: {count}. Others read {limit} of them."),
    "statement.many-recipients": N_(
        "{statement} is given in several files ({files}): its recipients are {count}, and {limit} at most fit in one."
    ),
    "statement.give-due": N_(
        "Statements of yours are to be given anew ({count}): a file, a member or the end of an embargo changed them."
    ),
    "statement.was-public": N_(
        "{statement} was public until now: what was said then has been read, and stays readable."
    ),
    "statement.reads-old": N_(
        "{providers} can still read what {statement} said before: whoever had a statement once keeps it."
    ),
    "statement.not-private": N_(
        "{file} is not for everybody, and a folder's history keeps what is in it; rename it to {private}."
    ),
    "statement.no-network": N_(
        "No roster is pinned here, so the network has no members yet: only you can read what is not public."
    ),
    "statement.no-key": N_(
        "No key of yours was found that opens what is encrypted to this provider: only what is public is shown."
    ),
    "statement.key-unnamed": N_(
        "No key of yours was found that opens what is encrypted to this provider: only what is public is shown."
    ),
    # what the door says
    "statement.which-audience": N_(
        "Say who may read it: --for public, --for network, or --circle and --provider."
    ),
    "statement.first-and-until": N_(
        "An embargo needs both: --first for who hears of it, --until for when it ends."
    ),
    "statement.ask-withdraw": N_("To take it back, type its name, {statement}"),
    "statement.not-withdrawn": N_("{statement} stands."),
    "statement.given": N_("Files given to the network: {written} new, {dropped} gone."),
    "statement.given-nothing": N_("Nothing new to give to the network."),
    "statement.publish": N_("Others see it after: polder network publish --as NAME"),
    "statement.withdrawn": N_("Withdrawn: {statement}. Whoever read it has read it."),
    "statement.none": N_("Nothing is said that you can read."),
    "statement.no-circles": N_("There are no circles that you know of."),
    "statement.circle-made": N_("The circle {circle} begins."),
    "statement.circle-changed": N_("The circle {circle} is changed."),
    "statement.head": N_("{provider}, {date}, {type}, for {audience}"),
    "statement.for-public": N_("everybody"),
    "statement.for-network": N_("the network"),
    "statement.for-nobody-else": N_("nobody"),
    "statement.for-all-of": N_("those in all of: {names}"),
    "statement.for-any-of": N_("those in one of: {names}"),
    "statement.part-for": N_("Only for {audience}:"),
    "statement.embargo": N_("Keep it to yourselves until {until}."),
    "statement.took-back": N_("{provider} took this back."),
    "statement.unknown-kind": N_("unknown type “{type}”, version {version}"),
}

_UNNAMED = N_("You have a key, and network.yml does not name it: add its recipient below recipients.")

HINTS: dict[str, str] = {
    "statement.give-due": N_("polder network give && polder network publish --as NAME"),
    "statement.unknown-circle": N_(
        "Circles that are known: polder network circle list. New ones of peers come with: polder network sync"
    ),
    "statement.no-own-recipients": N_("Add recipients to network.yml: polder key new prints one."),
    "statement.unknown-provider": N_(
        "Who is in the network: polder network roster status. Somebody who is not there yet is meant with --yes."
    ),
    "statement.unknown-provider-near": N_("If somebody is meant who is not in the network yet, add --yes."),
    "statement.source-behind": N_(
        "polder network read shows it; edit the file to say something new, or take it away."
    ),
    "statement.exists": N_("To take its place, add --again."),
    "statement.circle-ambiguous": N_("polder network circle list shows whole names."),
    "statement.not-found": N_("polder network said shows all there is."),
    "statement.key-needed": N_("polder key new makes one; name its recipient in network.yml."),
    "statement.no-key": N_("polder key new makes one; name its recipient in network.yml."),
    "statement.named-key-needed": _UNNAMED,
    "statement.key-unnamed": _UNNAMED,
    "statement.reads-old": N_("Encrypting ends with the next version; it takes nothing back."),
    "statement.circle-split": N_(
        "A steward named in all versions joins them: polder network circle add CIRCLE PROVIDER"
    ),
}
