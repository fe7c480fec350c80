"""Sentences whose code begins with ``network.``: a provider's own part in the network, and its folder."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "network.not-here": N_("There is no network.yml in {folder} or above it."),
    "network.exists": N_("There is a network.yml already."),
    "network.written": N_("Written: {file}."),
    "network.next-keys": N_("Next: polder network keys new"),
    "network.bad-path": N_("“{path}” is no path that can be given to the network."),
    "network.fingerprint-is": N_("The fingerprint of what {name} publishes is {digest}; in words:"),
    "network.followed": N_("{name} is read from now on: polder network sync"),
    "network.unfollowed": N_("Followed no longer: {names}."),
    "network.nothing-there": N_("Nothing is published at {url}."),
    "network.follow-known": N_("{name} is followed by another fingerprint, {known}; there it is {found}."),
    "network.not-followed": N_("“{name}” is not followed."),
    "network.not-followed-near": N_("“{name}” is not followed. Did you mean “{near}”?"),
    "network.not-an-address": N_(
        "“{value}” is not an address to publish at: https://…/, with a slash at its end."
    ),
    "network.not-a-fingerprint": N_("“{value}” is not a fingerprint: sha256: and 64 hex digits."),
    "network.not-a-folder": N_("“{value}” is not a folder inside the network folder."),
    "network.folder-shared": N_(
        "“{key}” needs a folder of its own; “{value}” is, holds or lies in “{other}”."
    ),
    "network.not-a-proxy": N_(
        "“{value}” is no proxy: socks5h://HOST:PORT, http://HOST:PORT, or none. With socks5h the proxy resolves names."
    ),
    "network.proxy-password": N_(
        "The address of a proxy has no name and no password in it: it is shown, and printed into logs."
    ),
    "network.onion-needs-proxy": N_("{url} is reached only through Tor: a proxy with socks5h://."),
    "network.not-a-signpost": N_(
        "“{text}” is no signpost: polder:KIND:NAME:FINGERPRINT:ADDRESS, in one line."
    ),
    "network.signpost-of-provider": N_("“{text}” leads to a provider, not to a network's roster."),
    "network.signpost-of-roster": N_("“{text}” leads to a network's roster, not to a provider."),
    "network.signposts-differ": N_("Two fingerprints are named, and they differ: {one} and {other}."),
    "network.signpost-read": N_("It says: {name}, at {url}"),
    "network.scan-now": N_("Scan the code, or paste its text, and press Enter:"),
    "network.no-fingerprint-yet": N_(
        "There is no fingerprint yet: it is there once enough people signed the keys."
    ),
    "network.name-and-url": N_("To follow somebody takes a name and an address, or a signpost."),
    "network.signpost-and-url": N_("A signpost holds the address already."),
    "network.qr-of-newest": N_(
        "There is a QR code of the network's fingerprint only, not of its newest version."
    ),
    "network.qr-file": N_("“{file}” ends neither in .svg nor in .png."),
    "network.qr-too-wide": N_("The QR code needs {columns} columns, and this terminal has fewer: --qr-file"),
    "network.two-homes": N_("{person}'s key is either in a file or in an SSH agent, not both."),
    "network.reserved-name": N_("“{person}” is the name of another key; call this person something else."),
    "network.threshold-too-high": N_("{threshold} people must sign, and there are only {people}."),
    "network.follows-itself": N_("{provider} is this provider itself; it does not follow itself."),
    "network.notify-failed": N_("People could not be told: “{command}” failed: {why}"),
    "network.notified": NP_("{count} thing was told to people.", "{count} things were told to people."),
    "network.notify-begins": N_("News of the part of {provider} in the network:"),
    "network.proposal-waits": N_(
        "A proposal for version {version} of the roster ({digest}…) waits for your word."
    ),
    "network.unpublished": N_("Nothing was published yet: there is no timestamp in {folder}."),
    "network.address-right": N_("{url} serves what was published here."),
    "network.address-right-through": N_("{url} serves what was published here; asked through {proxy}."),
    "network.no-answer": N_("No answer: {why}"),
    "network.answers-otherwise": N_("It answers “{why}” where a file is."),
    "network.not-served": N_("It is published here, and is not there."),
    "network.served-otherwise": N_("It is another file than the one published here."),
    "network.page-served": N_("There is a web page in its place."),
    "network.missing-served": N_("There is no such file, and one is served: readers stop at that."),
    "network.missing-otherwise": N_(
        "There is no such file, and the answer is “{why}”: readers stop at that."
    ),
}

HINTS: dict[str, str] = {
    "network.notify-failed": N_("It is told again with the next round. Try the command by hand."),
    "network.proposal-waits": N_(
        "polder network roster status shows what it changes, and until when objections are heard."
    ),
    "network.unpublished": N_("polder network publish says who signs next."),
    "network.no-answer": N_(
        "Does the web server run, does the name lead to it, is its certificate valid for that name? Is urls in network.yml right?"
    ),
    "network.answers-otherwise": N_(
        "The log of the web server says why. It must serve the folder as plain files."
    ),
    "network.not-served": N_(
        "The web server must serve the published folder itself, or the newest copy of it."
    ),
    "network.served-otherwise": N_(
        "If it is a copy, copy anew. If not, a cache keeps it too long, or something changes files on the way."
    ),
    "network.page-served": N_(
        "The web server must serve the folder as plain files, at exactly this address."
    ),
    "network.missing-served": N_("Have the web server answer 404 for files that are not there."),
    "network.missing-otherwise": N_("Have the web server answer 404 for files that are not there."),
    "network.nothing-there": N_(
        "It must be the address of the folder that holds metadata/, with a slash at its end."
    ),
    "network.follow-known": N_(
        "A fingerprint stays for ever. Ask them over another channel; if they really began anew: polder network unfollow {name}"
    ),
    "network.not-here": N_("Begin one: polder network init NAME --url https://…/"),
    "network.signpost-of-provider": N_("It is for: polder network follow"),
    "network.signpost-of-roster": N_("It is for: polder network roster join"),
    "network.signposts-differ": N_("Ask again, over another channel, before you believe either."),
    "network.no-fingerprint-yet": N_("polder network publish says who signs next."),
    "network.proxy-password": N_(
        "Let the proxy know this machine by its address, or listen on 127.0.0.1 only."
    ),
    "network.onion-needs-proxy": N_("Where Tor runs on this machine: proxy: socks5h://127.0.0.1:9050"),
}
