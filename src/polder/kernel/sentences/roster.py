"""Sentences whose code begins with ``roster.``: who is in the network."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "roster.wrong-field": N_("The field “{field}” is missing, unknown, or not as it must be."),
    "roster.not-a-roster": N_("It is no roster: {why}"),
    "roster.too-big": N_("It has {size} bytes; a roster has at most {limit}."),
    "roster.too-many": N_("It has {members} members; a roster has at most {limit}."),
    "roster.key-kind": N_("It names a key of kind {kind}; only Ed25519 keys sign a roster."),
    "roster.key-twice": N_(
        "It names a key as {key}…, whose material makes {made}…: the same key could count twice."
    ),
    "roster.same-key": N_("{member} and {other} have the same key; each member has one of its own."),
    "roster.one-key-each": N_("The keys that sign it are not exactly one for each active member."),
    "roster.threshold-low": N_(
        "Signatures wanted: {threshold}; active members: {active}. It must be {wanted} at least, over half, and no more than there are."
    ),
    "roster.not-next": N_("It is version {version}; the next one is {wanted}."),
    "roster.not-linked": N_("Version {version} does not build on the version that is known here."),
    "roster.proposed-earlier": N_("Version {version} was proposed before the version it follows."),
    "roster.not-its-change": N_("Version {version} holds something else than the change that it names."),
    "roster.too-few-old": N_("Signatures of the members until now: {found}; it needs {wanted}."),
    "roster.too-few-without": N_(
        "Signatures of the members who may speak about it: {found}; it needs {wanted}."
    ),
    "roster.too-few-new": N_("Signatures of the members from then on: {found}; it needs {wanted}."),
    "roster.not-a-beginning": N_("It is no first version of a roster."),
    "roster.founders-missing": N_("These founders have not signed it: {members}."),
    "roster.begins-once": N_("A network begins once."),
    "roster.already-member": N_("{member} is in it already."),
    "roster.no-such-member": N_("{member} is no member."),
    "roster.other-key": N_("The key of {member} would change with it; that is proposed as a change of key."),
    "roster.not-its-own-word": N_("It is not signed with the key of the member that it speaks for."),
    "roster.old-word": N_("What the member said is not of the last {days} days; it must say it again."),
    "roster.is-dormant": N_("{member} is dormant already."),
    "roster.not-dormant": N_("{member} is not dormant."),
    "roster.too-few-left": NP_(
        "{active} active member would be left, and {wanted} of them would have to sign every change.",
        "{active} active members would be left, and {wanted} of them would have to sign every change.",
        by="active",
    ),
    "roster.approval-not-genuine": N_("It is not signed by the key that it names."),
    "roster.fingerprint-words": NP_(
        "A fingerprint has {wanted} words, or 64 hex digits; this is {found} word.",
        "A fingerprint has {wanted} words, or 64 hex digits; these are {found} words.",
        by="found",
    ),
    "roster.fingerprint-wrong": N_("These words are no fingerprint: one of them was misread or misspelt."),
    "roster.not-a-voter": N_("{member} is no active member, so it signs nothing."),
    "roster.no-vote": N_("It is about {member}, which has no vote in it."),
    "roster.open-still": N_("It is open to objections until {until} (UTC); it is signed after that."),
    "roster.seen-late": N_(
        "It is dated {dated} and was first seen here on {seen}: there was less time to object than it says."
    ),
    "roster.refused-it": N_("{member} refused it for good."),
    "roster.signed-it": N_("{member} signed it; a signature cannot be taken back."),
    "roster.is-dead": N_("It is dead: {members} refused it for good, and the others are too few."),
    "roster.not-dead": NP_(
        "It comes in the place of the proposal {digest}…, which {found} member refused for good; {wanted} must.",
        "It comes in the place of the proposal {digest}…, which {found} members refused for good; {wanted} must.",
        by="found",
    ),
    "roster.vouches-wanted": N_("Vouches so far: {found}; wanted before anybody signs: {wanted}."),
    "roster.blocked": N_("{member} blocks it, and the block stands: {reason}"),
    "roster.block-pending": N_("{member} blocks it, and a second member may still join in: {reason}"),
    "roster.signed-another": N_(
        "You signed another proposal for version {version} ({digest}…), which may still be accepted."
    ),
    "roster.not-silent-enough": N_(
        "{member} was not silent for long enough, or did not miss enough large changes, or it was not announced twice."
    ),
    "roster.none": N_("There is no roster here yet."),
    "roster.another-beginning": N_("It begins with {found}; the fingerprint that was pinned is {wanted}."),
    "roster.begun": N_("There is a roster here already."),
    "roster.pinned": N_("Another network is pinned here: {fingerprint}"),
    "roster.not-anew": N_("It does not say that it takes the place of the network here, {fingerprint}."),
    "roster.another-network": N_(
        "At {source} is a network that begins with {found}; the words say {wanted}."
    ),
    "roster.nothing-published": N_("Nothing is published at {url}: there is no metadata/1.root.json."),
    "roster.private-address": N_("{url} leads to {address}, which is no address of the public Internet."),
    "roster.joined": N_("You have the roster. Read what its members publish: polder network sync"),
    "roster.not-found-there": N_("There is no roster at {source}."),
    "roster.two-histories": N_("{one} and {other} hand over two different histories."),
    "roster.not-published": N_("{file} is not there yet."),
    "roster.no-introduction": N_("There is no introduction at {source}."),
    "roster.another-root": N_("It names the root file {found}; what it is published with is {wanted}."),
    "roster.no-proposal": N_("No open proposal begins with “{named}”. Open: {proposals}."),
    "roster.several-proposals": N_("Several proposals are open; name the one you mean: {proposals}."),
    "roster.which-proposal": N_("“{named}” fits several open proposals: {proposals}."),
    "roster.reason-wanted": N_("A vouch, a block or a refusal needs a reason."),
    "roster.not-our-key": N_(
        "The governance key here ({key}…) is not the one that the roster has of this provider: {known}…"
    ),
    "roster.no-governance-key": N_(
        "There is no governance key here (keys/governance.pub is missing); the roster has this one of {member}: {known}…"
    ),
    "roster.accepted": N_("Version {version} of the roster is accepted."),
    "roster.rivals": N_("There are two valid rosters with the number {version}. Who signed both: {members}."),
    "roster.signed-two": N_("{member} signed two different proposals for version {version}."),
    "roster.has-left": N_("{member} said on {day} that it leaves; nothing is shared with it any more."),
    "roster.introduced": N_(
        "You are introduced, as soon as this is published: polder network publish --as NAME"
    ),
    "roster.given": N_(
        "It is given to the network, as soon as it is published: polder network publish --as NAME"
    ),
    "roster.no-words": N_("Nobody left or woke without its being proposed."),
    "roster.word-carried": N_(
        "What {member} said is proposed already; sign that one: polder network roster approve {proposal}"
    ),
    "roster.open-too": N_("Open for the same version, too: {digest}…, signed by {members}:"),
    "roster.one-of-them": N_("Only one of them can be accepted, and whoever signs one can sign no other."),
    "roster.open-beside": N_(
        "Other proposals for the same version are open: {proposals}. Whoever signs one can sign no other."
    ),
    "roster.too-few-stay": N_(
        "It waits for signatures of some who left, refused it, or signed another proposal for its version: {members}."
    ),
    "roster.leave-after": N_(
        "That you leave counts for everybody who sees it. The version without you is not proposed yet: somebody signed "
        "another one for its number: {proposals}."
    ),
    "roster.leave-last": N_(
        "That you leave counts for everybody who sees it. No version without you can follow; whoever stays begins anew: "
        "polder network roster refound"
    ),
    "roster.no-news": N_("Nothing new about the roster."),
    "roster.no-open-proposal": N_("No proposal is open."),
    "roster.checked": N_("Version {version} of the roster is verified from the beginning."),
    "roster.shown": N_("{network}, version {version} of {day}"),
    "roster.shown-rule": NP_(
        "{threshold} of {active} active member signs each change; rules: {preset}.",
        "{threshold} of {active} active members sign each change; rules: {preset}.",
        by="active",
    ),
    "roster.step": N_("Version {version} ({digest}…), signed by {members}"),
    "roster.replayed": N_("Every step up to version {version} follows from the one before."),
    "roster.proposal": N_("Proposal for version {version} ({digest}…) of {day} UTC"),
    "roster.proposal-reason": N_("Why: {reason}"),
    "roster.status-signed": N_("{found} of {wanted} signed: {members}; missing: {missing}"),
    "roster.status-founders": N_(
        "{found} of {wanted} signed: {members}; missing: {missing}. Every founder must sign."
    ),
    "roster.status-newcomers": N_("Needed besides, and still missing: the signature of {members} itself."),
    "roster.status-until": N_("Open to objections until {open} UTC."),
    "roster.status-refused": N_("Refused for good by {members}."),
    "roster.status-vouches": N_("Vouched for by {members}."),
    "roster.status-block-fell": N_("{member} blocked it, and no second member joined in time: {reason}"),
    "roster.diff-begins": N_("The network “{network}” begins on {day}."),
    "roster.diff-after": N_("It takes the place of the network with the fingerprint {fingerprint}."),
    "roster.diff-joined": N_(
        "+ {member} ({name}) comes in: {urls}; governance key {key}…, first root file {root}…, independence group {group}."
    ),
    "roster.diff-gone": N_("- {member} ({name}) is no longer in the network."),
    "roster.diff-key": N_("{member} gets another governance key: {old}… becomes {new}…."),
    "roster.diff-dormant": N_(
        "{member} becomes dormant: it is still a member, and does not count when it is counted who signs."
    ),
    "roster.diff-active": N_("{member} is active again."),
    "roster.diff-of-name": N_("{member} changes its name: {old} becomes {new}."),
    "roster.diff-of-urls": N_("{member} publishes elsewhere: {old} becomes {new}."),
    "roster.diff-of-root": N_("{member} publishes with other root keys: {old} becomes {new}."),
    "roster.diff-of-recipients": N_("Who reads what is encrypted to {member}: {old} becomes {new}."),
    "roster.diff-of-group": N_("{member} changes its independence group: {old} becomes {new}."),
    "roster.diff-of-mirrors": N_("{member} mirrors others: {old} becomes {new}."),
    "roster.diff-of-since": N_("{member} would be in since another day: {old} becomes {new}."),
    "roster.diff-of-effective": N_(
        "What is written of {member} counts from another day on: {old} becomes {new}."
    ),
    "roster.diff-threshold-first": NP_(
        "{threshold} of {active} member signs each change from then on.",
        "{threshold} of {active} members sign each change from then on.",
        by="active",
    ),
    "roster.diff-threshold": NP_(
        "{new} of {active} member signs each change from then on; until now {old} of {of}.",
        "{new} of {active} members sign each change from then on; until now {old} of {of}.",
        by="active",
    ),
    "roster.diff-rule": N_("The rule “{rule}” changes: {old} becomes {new}."),
    "roster.diff-network": N_("The network's name changes: {old} becomes {new}."),
    "roster.small-1": N_(
        "There is one active member: it decides alone, and whoever takes its key is the network."
    ),
    "roster.small-2": N_(
        "There are two active members: both must sign everything, neither can expel the other, and one lost key ends the roster."
    ),
    "roster.small-3": N_(
        "There are three active members: any two decide everything, and two lost keys end the roster."
    ),
}

HINTS: dict[str, str] = {
    "roster.seen-late": N_(
        "Ask whoever proposed it, and wait longer, if you like; nobody can hurry your signature."
    ),
    "roster.not-our-key": N_(
        "Sign where the key of the roster is. If it was replaced or lost: polder network roster introduce; another member then proposes it."
    ),
    "roster.no-governance-key": N_(
        "Sign where keys/ is whole, or bring governance.* from a backup. If the key is lost: polder network keys replace governance"
    ),
    "roster.none": N_(
        "Come in: polder network roster join --help. Or begin: polder network roster found --help"
    ),
    "roster.another-network": N_(
        "These are another network's words; do not go on. Ask the two members again, over two channels."
    ),
    "roster.nothing-published": N_(
        "Is the address right? It ends where “metadata” begins; ask the member for it."
    ),
    "roster.private-address": N_("If that is meant (a laboratory, a mesh), add --private to the command."),
    "roster.one-of-them": N_(
        "If half of the members sign the one and half the other, both are stuck. Agree on one first, or add --unsigned."
    ),
    "roster.open-beside": N_(
        "Read them: polder network roster status. Approve one, or propose with --unsigned, or say --beside to sign this one all the same."
    ),
    "roster.several-proposals": N_(
        "Only one of them can be accepted, so all sign the same one: the oldest (the first named), unless something speaks against it."
    ),
    "roster.too-few-stay": N_(
        "They may still sign it, or refuse what they did not sign; who left is read only by those who follow it. "
        "Else begin anew: polder network roster refound --help"
    ),
    "roster.leave-after": N_(
        "Approve one of these, and say again that you leave when it is accepted: without your signature those who stay may be too few."
    ),
    "roster.no-open-proposal": N_("What others proposed comes with: polder network sync"),
    "roster.not-published": N_("Publish first: polder network publish --as NAME"),
    "roster.no-introduction": N_(
        "The provider makes one: polder network roster introduce; then publish there and sync here."
    ),
    "roster.two-histories": N_(
        "One of them hides or forged something. Ask members over other channels for the newest fingerprint."
    ),
    "roster.rivals": N_(
        "Both documents are kept in roster/rivals/ as evidence. Members decide together, and begin anew if they must."
    ),
    "roster.not-linked": N_(
        "Two histories exist. Ask two members over two channels which fingerprint of this version they have."
    ),
    "roster.signed-another": N_(
        "Wait until that one is accepted, or dead: refused for good by so many that the others are too few. Whoever signs both is named."
    ),
    "roster.fingerprint-wrong": N_(
        "Have it read to you again. It is the same in every language's words, or as 64 hex digits."
    ),
    "roster.vouches-wanted": N_("Vouch for it: polder network roster vouch PROPOSAL --reason …"),
}
