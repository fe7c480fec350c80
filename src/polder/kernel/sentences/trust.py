"""Sentences whose code begins with ``trust.``: signed documents, and why one is not believed."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "trust.too-big": N_("It has {size} bytes; at most {limit} are read."),
    "trust.not-a-document": N_("It is no signed document of the kind that belongs here: {why}"),
    "trust.key-kind": N_("It names a key of kind {kind}; only Ed25519 keys count here."),
    "trust.key-id": N_(
        "It names a key as {key}…, whose material makes {made}…: the same key could count twice."
    ),
    "trust.too-few-signatures": N_("Signatures by the keys for “{role}”: {found}; it needs {wanted}."),
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
    "trust.same-key": N_("“{name}” and “{other}” have the same key: it would count twice."),
    "trust.unknown-name": N_("“{name}” is none of those who have a key here: {known}."),
    "trust.no-recipients": N_("Nobody could open the key “{name}”: network.yml names no recipients."),
    "trust.unknown-name-near": N_(
        "“{name}” is none of those who have a key here: {known}. Did you mean “{near}”?"
    ),
    "trust.renamed": N_(
        "network.yml calls this provider “{now}”, and it is published as “{before}”: others know it by that name."
    ),
    "trust.card-due": N_("card.yml was edited: who publishes gives the card anew, and it is not among this."),
    "trust.server-key-wanted": N_(
        "The server has no key “{name}” yet. Until there is one, no change of keys is proposed."
    ),
    "trust.key-wanted": N_("“{name}” has no key yet. Until there is one, no change of keys is proposed."),
    "trust.root-waits": N_(
        "The keys of version {version} wait for signatures. Signed: {have}. May still sign: {missing}."
    ),
    "trust.root-unsigned": N_(
        "The keys of version {version} wait for signatures. Signed: {have}. May still sign: {missing}."
    ),
    "trust.root-ends": NP_(
        "The list of your keys ends on {until}, in {days} day. After that nobody believes you.",
        "The list of your keys ends on {until}, in {days} days. After that nobody believes you.",
        by="days",
    ),
    "trust.root-joins": N_("The key of {name} ({key}…) comes in."),
    "trust.root-leaves": N_("The key of {name} ({key}…) goes out."),
    "trust.root-stays": N_("The key of {name} ({key}…) stays."),
    "trust.root-threshold": N_("So many people must sign a change of keys: {wanted} of {of}."),
    "trust.root-threshold-changes": N_(
        "So many people must sign a change of keys from now on: {wanted} of {of}. Before it was {before} of {before_of}."
    ),
    "trust.root-server": N_("The server's key for “{role}” is {key}…"),
    "trust.root-server-new": N_("The server's key for “{role}” is a new one, {key}…"),
    "trust.root-until": N_("All this holds until {until}."),
    "trust.root-longer": N_("All this holds until {until}. Before it was {before}."),
    "trust.targets-wait": N_("What you give waits for a signature by one of: {people}."),
    "trust.targets-renew": N_(
        "What you gave holds until {until} and has to be signed anew by one of: {people}, even if nothing in it changed."
    ),
    "trust.ended": N_("“{kind}” expired on {until}. Nobody believes you until it is signed anew."),
    "trust.content-missing": N_(
        "These files were signed on another machine, and are neither here as they were signed nor published yet: {paths}."
    ),
    "trust.server-waits": N_(
        "The server's part waits: its keys do not open on this machine. What is published now holds until {until}."
    ),
    "trust.server-next": N_(
        "The server's part is for the machine where its keys open. They do not open here."
    ),
    "trust.robot-waits": N_("The server's own reports wait: the people have not yet signed for its new key."),
    "trust.robots-place": N_("{path} lies where only the server itself reports. People give nothing there."),
    "trust.peoples-place": N_(
        "{path} is no place for what the server itself reports: seen/, monitor/ or threats/ and a name."
    ),
    "trust.too-many-files": N_("{found} files are given; readers take {limit} at most."),
    "trust.many-files": N_(
        "{found} files are given. Above {limit} every reader gets slower: put many small ones into one."
    ),
    "trust.older-copy": N_(
        "This folder is an older copy: “{kind}” would be version {version} here, and {seen} was published already."
    ),
    "trust.older-than-seen": N_(
        "This folder is an older copy, or somebody else has your server's keys: {by} saw {theirs} (keys/timestamp), here comes {ours}."
    ),
    "trust.perhaps-older": N_(
        "This folder may be an older copy: it would publish {ours}, and {by} says that {theirs} was there already (keys/timestamp)."
    ),
    "trust.publishing": N_("Something else is publishing here right now."),
    "trust.look-changed": N_("Something changed since you looked. Nothing was signed."),
    "trust.same-again": N_("network.yml still names the SSH key that “{name}” has now."),
    "trust.leads-nowhere": N_(
        "Of the keys that count, {left} would be left without {names}; {wanted} must sign, so this change could never be published."
    ),
    "trust.proposal-outdated": N_(
        "The keys of version {version} that wait for signatures are not those that network.yml and keys/ say here."
    ),
    "trust.nothing-to-sign": N_("No change of keys waits for signatures."),
    "trust.signs-nothing": N_("The key of “{name}” counts neither before nor after this change."),
    "trust.words-count": NP_(
        "This is {found} word; a key on paper has {wanted}.",
        "These are {found} words; a key on paper has {wanted}.",
        by="found",
    ),
    "trust.words-unknown": N_("The words at these places are in no list: {places}."),
    "trust.words-checksum": N_(
        "The words are known, but do not belong together: one of them is another, or two changed places."
    ),
    "trust.key-in-agent": N_("The key of “{name}” is in an SSH agent, and cannot be taken out of it."),
    "trust.all-needed": N_(
        "All {people} people must sign a change of keys: when one key is lost, nothing can ever be changed."
    ),
    "trust.one-is-enough": N_(
        "Each of {people} people can change all keys alone: whoever steals one key is you."
    ),
    "trust.server-is-person": N_(
        "The server's keys open only for the people themselves, so nothing is signed daily unless somebody's own key lies on the server."
    ),
    "trust.server-opens-for-more": N_(
        "The server's keys open for others, too: people were below recipients when they were made, or another server was."
    ),
    "trust.no-governance": N_(
        "There is no governance key: without one you take no part in the network's decisions."
    ),
    "trust.key-still-there": N_("The old key {name} is still needed, until the change of keys is published."),
    "trust.key-readable": N_(
        "{file} can be read by other users of this machine, who could guess at its passphrase."
    ),
    "trust.key-in-history": N_(
        "{file} opens with a passphrase and would go into the history, where it could be guessed at for ever."
    ),
    "trust.ask-passphrase": N_("Passphrase of the key of {name} (not shown)"),
    "trust.ask-new-passphrase": N_(
        "A passphrase for the new key of {name}, of four words or more (not shown)"
    ),
    "trust.ask-words": N_("The 24 words of {name} (not shown)"),
    "trust.says-made": N_("Made: the key of {name}."),
    "trust.says-none-made": N_("Every key that was asked for is there."),
    "trust.says-paper": N_("Put it on paper, too: polder network keys paper NAME"),
    "trust.says-restored": N_("The key of {name} is back."),
    "trust.says-reencrypted": N_(
        "The file of the key of {name} opens for those whom network.yml names today."
    ),
    "trust.says-rotated": N_("{name} has a new key. The old one still signs the change, then it goes."),
    "trust.says-replaced": N_("{name} has a new key. The old one signs nothing more."),
    "trust.says-propose": N_("Nobody knows of it yet. Propose the change: polder network publish --as NAME"),
    "trust.says-governance": N_(
        "The network has to be told of your new governance key, too: polder network roster --help"
    ),
    "trust.says-sound": N_("Your keys are in order."),
    "trust.says-page": N_("The page is in {file}. Print it, then remove the file."),
    "trust.says-fingerprint": N_("Your provider's fingerprint: {fingerprint}"),
    "trust.page-title": N_("A private key of Polder: {name}, of the provider {provider}"),
    "trust.page-made": N_("Put on paper on {date}. The key's id begins with {key}."),
    "trust.page-restore": N_("To bring it back, in the network folder: polder network keys restore {name}"),
    "trust.page-care": N_(
        "Whoever reads these words can sign as this person. Keep the page like a passport, and in another house."
    ),
    "trust.says-root": N_("Keys, version {version}:"),
    "trust.due-first": N_("To sign with the key of {by}: {kind}, the first of its kind."),
    "trust.due-content": N_(
        "To sign with the key of {by}: {kind}, version {version}, because of what is in it."
    ),
    "trust.due-keys": N_("To sign with the key of {by}: {kind}, version {version}, because of new keys."),
    "trust.due-time": N_("To sign with the key of {by}: {kind}, version {version}, because time passed."),
    "trust.change-more": NP_("… and {count} line more.", "… and {count} lines more."),
    "trust.change-sealed": N_("Sealed: only those for whom it is can read it."),
    "trust.change-unreadable": N_("It is no text, so nothing of it is shown."),
    "trust.change-unknown": N_(
        "What changed is not shown: this machine has not both of what was and what is signed."
    ),
    "trust.says-nothing": N_("There is nothing to sign or to publish."),
    "trust.says-signed-old": NP_(
        "{found} of {wanted} needed signature of those who have keys now.",
        "{found} of {wanted} needed signatures of those who have keys now.",
        by="wanted",
    ),
    "trust.says-signed": NP_(
        "{found} of {wanted} needed signature of those who have keys afterwards.",
        "{found} of {wanted} needed signatures of those who have keys afterwards.",
        by="wanted",
    ),
    "trust.says-who": N_("Signed: {have}. May still sign: {missing}."),
    "trust.says-complete": N_("That is enough. Next: polder network publish --as NAME"),
    "trust.says-kept": N_("Signed and kept in the history ({commit}). For the others to have it: git push"),
    "trust.says-kept-here": N_("Signed and kept in signing/. The others need that folder as it is now."),
    "trust.next-people": N_(
        "Then one of {missing}, on their own machine: git pull, polder network sign --as NAME, git push"
    ),
    "trust.next-server": N_("Then the server: git pull, polder network publish"),
    "trust.says-in-words": N_("In words, to read to others:"),
    "trust.says-root-words": N_("Root {root}, for peers who ask whether you changed keys:"),
    "trust.no-root": N_("There is no root {root} that enough of you signed; the newest is {count}."),
    "trust.says-written": N_("Published. Files written: {count}; old ones removed: {removed}."),
    "trust.says-until": N_("What is published holds until {until}; the steward signs it anew each day."),
}

HINTS: dict[str, str] = {
    "trust.same-again": N_("Write the new SSH key below agent first, or give {name} a recipient instead."),
    "trust.leads-nowhere": N_(
        "Whoever still has the old key: polder network keys rotate NAME. If it is lost, docs/how-to/network-keys.md says how to begin anew."
    ),
    "trust.proposal-outdated": N_(
        "Bring your folder up to date (git pull). If it is, propose anew: polder network publish --as NAME"
    ),
    "trust.words-checksum": N_("Compare them with the paper once more, one by one."),
    "trust.key-in-agent": N_("Copy the SSH key itself, or your token's way of being copied."),
    "trust.all-needed": N_("Lower threshold in network.yml, or name another person."),
    "trust.one-is-enough": N_("Raise threshold in network.yml: most of the people is a good number."),
    "trust.server-is-person": N_(
        "Make a key on the server with `polder key new`, and name it below recipients in network.yml."
    ),
    "trust.server-opens-for-more": N_(
        "Take the people out of recipients in network.yml, run `polder network keys reencrypt server`, and put them back."
    ),
    "trust.no-governance": N_("Make one: polder network keys new --governance"),
    "trust.key-readable": N_("Take that away: chmod 600 {file}"),
    "trust.key-in-history": N_("Write its name into keys/.gitignore."),
    "trust.no-recipients": N_(
        "Make a key for your server with `polder key new` there, and name it below recipients."
    ),
    "trust.renamed": N_(
        "Write “{before}” again. For another name, begin anew in another folder, and join the network again."
    ),
    "trust.server-key-wanted": N_("Make the server's keys: polder network keys new --server"),
    "trust.key-wanted": N_("They make it on their own machine: polder network keys new --person {name}"),
    "trust.root-waits": N_("Each of them, on their own machine: polder network sign --as NAME"),
    "trust.root-unsigned": N_("Begin now: polder network publish --as NAME"),
    "trust.root-ends": N_("Begin now: polder network publish --as NAME"),
    "trust.targets-wait": N_("One of them: polder network publish --as NAME"),
    "trust.targets-renew": N_("One of them: polder network publish --as NAME"),
    "trust.ended": N_("Begin now: polder network publish --as NAME"),
    "trust.content-missing": N_(
        "Get what the others committed: git pull (whoever signed pushes). If it is lost, sign anew: polder network publish --as NAME"
    ),
    "trust.server-next": N_("On the server: polder network publish"),
    "trust.server-waits": N_("On the server: polder network publish"),
    "trust.older-copy": N_(
        "Get the newest history (git pull), and the published folder from a mirror. If both are lost: polder network keys replace server"
    ),
    "trust.older-than-seen": N_(
        "Get the newest history (git pull) and the published folder from a mirror. If that is no help: polder network keys replace server"
    ),
    "trust.perhaps-older": N_("If you brought it back from a backup, get the newest history first: git pull"),
    "trust.publishing": N_("Try again in a moment."),
    "trust.look-changed": N_("Look again."),
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
