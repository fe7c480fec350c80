"""Sentences whose code begins with ``catalogue.``: recipes of peers."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "catalogue.bundle-bad-name": N_("“{path}” is no name under which a recipe's file can be given away."),
    "catalogue.bundle-too-many": N_(
        "Files in the recipe: {count}. The most that can be given away: {limit}."
    ),
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
    "catalogue.alarm": N_(
        "There is an open alarm about {provider}; nothing new is taken from it before somebody has looked."
    ),
    "catalogue.too-few-approvals": N_(
        "Approvals that your rule wants of {of}: {wanted}. Those that count: {found}."
    ),
    "catalogue.too-few-of-all": N_(
        "Approvals that your rule wants of members: {wanted}. Those that count: {found}."
    ),
    "catalogue.does-not-count": N_("is not among those whose word your rule asks for"),
    "catalogue.word-is-old": N_("was not heard of in time"),
    "catalogue.offers-it-itself": N_("is who it would be taken from, or belongs together with them"),
    "catalogue.same-group": N_("belongs together with another who is counted already"),
    # what stands against an adoption
    "catalogue.says-otherwise": N_("The offer says “{said}” for {key}, but the recipe says “{found}”."),
    "catalogue.system-recipe": N_(
        "“{recipe}” is the name of a recipe that Polder runs for itself; it is neither offered nor taken."
    ),
    "catalogue.comes-with-polder": N_(
        "This is exactly the recipe “{recipe}” that comes with your Polder; there is nothing to adopt."
    ),
    "catalogue.takes-place-of-builtin": N_(
        "It would take the place of the recipe “{recipe}” that comes with Polder."
    ),
    "catalogue.own-recipe": N_("It would take the place of “{recipe}”, a recipe of your own."),
    "catalogue.own-changes": N_(
        "The adopted recipe “{recipe}” was edited here since; those edits would be lost."
    ),
    "catalogue.other-origin": N_("“{recipe}” came from {before} until now; this one is from {now}."),
    "catalogue.older": N_("It is version {version}; yours is {ours}, which is newer."),
    "catalogue.same-version": N_("It says it is version {version}, like yours, but its files differ."),
    "catalogue.is-here": N_("You have exactly this recipe “{recipe}” already."),
    "catalogue.nothing-to-undo": N_("“{recipe}” is not adopted: there is nothing to undo."),
    "catalogue.nothing-kept": N_("What was there before “{recipe}” was adopted is not kept here."),
    "catalogue.not-a-folder": N_("There is something that is not a folder."),
    "catalogue.busy": N_("Another command is changing this site's recipes just now."),
    # what a recipe asks
    "catalogue.asks-permission": N_("Asks for the permission “{permission}”."),
    "catalogue.is-system": N_("Says that it is a part of Polder itself."),
    "catalogue.goes-out": N_("May reach the internet by itself."),
    "catalogue.makes-secret": N_("Has a secret “{secret}” made for it."),
    "catalogue.wants-secret": N_("Wants to be given a secret “{secret}”."),
    "catalogue.keeps-data": N_("Keeps data in the volume “{volume}”."),
    "catalogue.own-network": N_("Has a network “{name}” of its own that leads out."),
    "catalogue.builds-by-dockerfile": N_(
        "Its image is built by a Dockerfile, whose steps run as root and may fetch anything."
    ),
    "catalogue.builds-with-script": N_("Its image is built with the script {file}, which runs as root."),
    "catalogue.installs": N_("Its image holds these Debian packages: {packages}."),
    "catalogue.hidden-characters": N_(
        "{file} holds characters that cannot be seen; what is shown may not be what is run."
    ),
    "catalogue.not-text": N_("These files are not text, so nobody can read them here: {files}."),
    "catalogue.takes-image": N_("{service} runs an image that somebody else built: {image}."),
    "catalogue.opens-port": N_("{service} answers at port {port}/{protocol} of the host."),
    "catalogue.host-network": N_("{service} uses the host's own network."),
    "catalogue.reads-host": N_("{service} reads the host's own files in {path}."),
    "catalogue.writes-host": N_("{service} reads and writes the host's own files in {path}."),
    "catalogue.adds-capabilities": N_("{service} is given these rights of root: {capabilities}."),
    "catalogue.keeps-capabilities": N_("{service} keeps the rights that containers usually have."),
    "catalogue.runs-as-root": N_("{service} runs as root inside its container."),
    "catalogue.writes-own-files": N_("{service} may change its own program files while it runs."),
    "catalogue.sets-kernel": N_("{service} sets these values of the kernel: {names}."),
    "catalogue.names-hosts": N_("{service} is told these addresses by hand: {hosts}."),
    # giving
    "catalogue.no-such-recipe": N_("There is no recipe “{recipe}”, neither in the site nor with Polder."),
    "catalogue.private-key": N_(
        "This file holds a private key; what is given to the network cannot be called back."
    ),
    "catalogue.not-offered-here": N_("You do not offer a recipe “{recipe}”."),
    "catalogue.not-approved-here": N_("You have not approved {recipe}."),
    "catalogue.offered": N_("Offered: {recipe} {version} ({digest})."),
    "catalogue.offered-already": N_("{recipe} {version} ({digest}) is offered already."),
    "catalogue.withdrawn": N_("No longer offered: {recipe}."),
    "catalogue.hidden-left-out": N_("Hidden files do not travel with a recipe; left out: {files}."),
    "catalogue.approved": N_("Approved: {recipe}@{digest}."),
    "catalogue.approval-withdrawn": N_("No longer approved: {recipe}@{digest}."),
    "catalogue.publish-next": N_("Others see it after: polder network publish --as NAME"),
    # the list and the page
    "catalogue.empty": N_("No peer offers a recipe."),
    "catalogue.title": N_("{name} ({recipe}), version {version}"),
    "catalogue.facts": N_("{upstream}, {licence}, {source}"),
    "catalogue.digest": N_("Digest of its files: {digest}"),
    "catalogue.by": N_("Offered by {provider} since {date}; last heard of {seen}."),
    "catalogue.by-note": N_("Offered by {provider} since {date}; last heard of {seen}. They say: {note}"),
    "catalogue.by-old": N_("Offered by {provider} since {date}; not heard of in time, last {seen}."),
    "catalogue.read-by": N_("{provider} read it ({date})."),
    "catalogue.run-by": N_("{provider} read it and runs it ({date})."),
    "catalogue.read-by-note": N_("{provider} read it ({date}): {note}"),
    "catalogue.run-by-note": N_("{provider} read it and runs it ({date}): {note}"),
    "catalogue.approval-left-out": N_("{provider} approved it, but does not count here: {reason}."),
    "catalogue.nobody-approved": N_("Nobody has said that they read it."),
    "catalogue.adopted-by": N_("Adopted by {providers}."),
    "catalogue.rule-met": N_("Your rule (approvals: {wanted}) is met by {counted}."),
    "catalogue.no-rule": N_("Your network.yml asks for no approvals."),
    "catalogue.image-same": N_("Built alike, byte for byte, by {providers}: {key}"),
    "catalogue.image-once": N_("Built by {providers} alone: {key}"),
    "catalogue.image-other": N_("Built differently by {providers}: {key} became {digest}"),
    "catalogue.not-here": N_("You have no recipe of this name."),
    "catalogue.new-word": N_("new: {sentence}"),
    "catalogue.changes-none": N_("Its files are the same as yours."),
    "catalogue.file-added": N_("{file} is added."),
    "catalogue.file-removed": N_("{file} is removed."),
    "catalogue.file-changed": N_("{file} is changed."),
    "catalogue.file-may-run-now": N_("{file} can be run now."),
    "catalogue.file-may-not-run-now": N_("{file} cannot be run any longer."),
    "catalogue.lines-left-out": N_("(lines left out: {count})"),
    "catalogue.lines-unread": N_(
        "(no text, or too long to be shown here: read it with polder catalogue NAME --unpack DIR)"
    ),
    "catalogue.unpacked": N_("Its files are in {folder}, to be read; nothing was adopted."),
    "catalogue.there-already": N_("There is something already."),
    "catalogue.which-of-these": N_(
        "Say which, to see it in full: polder catalogue NAME@DIGEST, or --from PROVIDER."
    ),
    # adopting
    "catalogue.ask": N_("Put it into the site? Type its name, “{recipe}”, to agree"),
    "catalogue.ask-undo": N_("Put back what was there before? Type the recipe's name, “{recipe}”, to agree"),
    "catalogue.declined": N_("Nothing was changed."),
    "catalogue.adopted": N_("Adopted: {recipe} {version} from {provider}. Nothing that runs was changed."),
    "catalogue.adopted-already": N_("{recipe} {version} is adopted already."),
    "catalogue.undone": N_("As before: {recipe}. Nothing that runs was changed."),
    "catalogue.told": N_("Others are told of it after: polder network publish --as NAME"),
    "catalogue.plan-next": N_("See what it would change: polder plan"),
}

HINTS: dict[str, str] = {
    "catalogue.not-offered": N_(
        "Ask the network for what is new (polder network sync), then see polder catalogue."
    ),
    "catalogue.which": N_("Say which: polder adopt NAME@DIGEST, or --from PROVIDER."),
    "catalogue.alarm": N_("See polder network alarms; it ends when somebody closes it with a reason."),
    "catalogue.stale": N_("Try again after: polder network sync"),
    "catalogue.too-few-approvals": N_(
        "The rule stands in network.yml below adopt:. Whoever reads a recipe for you says so with polder network approve-recipe."
    ),
    "catalogue.too-few-of-all": N_(
        "The rule stands in network.yml below adopt:. Whoever reads a recipe for you says so with polder network approve-recipe."
    ),
    "catalogue.takes-place-of-builtin": N_("When that is what you want: --replace"),
    "catalogue.own-recipe": N_(
        "When that is what you want: --replace. What is there is kept; polder adopt --undo NAME puts it back."
    ),
    "catalogue.own-changes": N_(
        "When they may go: --replace. What is there is kept; polder adopt --undo NAME puts it back."
    ),
    "catalogue.other-origin": N_("When that is what you want: --replace"),
    "catalogue.older": N_("When that is what you want: --older"),
    "catalogue.nothing-kept": N_(
        "When the site is a git repository: git revert, with the commit that adopted it."
    ),
    "catalogue.busy": N_("Try again in a moment."),
    "catalogue.private-key": N_(
        "Take it out of the recipe; secrets are asked for in recipe.yml, below secrets:."
    ),
}
