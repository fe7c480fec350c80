"""Sentences whose code begins with ``sync.``: what comes from peers, and what is wrong with it."""

from polder.kernel.sentences.mark import N_, NP_, Template

_ASK = N_(
    "Ask people at {peer} by voice whether they did that; there, “polder network keys list --root {after}” shows the words below. "
    "If they did not: take nothing new from it, and tell the other members."
)

SENTENCES: dict[str, Template] = {
    "sync.another-root": N_("The first root file has the fingerprint {found}; the pinned one is {wanted}."),
    "sync.root-version": N_("It is root {found}; root {wanted} comes next."),
    "sync.not-numbered": N_("Its files have no numbered names (consistent snapshots), which readers need."),
    "sync.rollback": N_("“{role}” is version {version}; version {seen} was seen already."),
    "sync.old-keys": N_("“{role}” is signed with keys that were changed since."),
    "sync.expired": N_("“{role}” expired on {expires}."),
    "sync.two-versions": N_("“{role}” {version} was signed twice with different contents."),
    "sync.altered": N_("“{role}” {version} is not byte for byte what was signed or seen before."),
    "sync.mixed": N_(
        "“{role}” is not the file of version {version} that was signed for: old and new are mixed."
    ),
    "sync.role-gone": N_("“{role}” is no longer among the signed files."),
    "sync.no-hash": N_("“{role}” is named without a usable version, length or hash."),
    "sync.delegates": N_("“{role}” hands work on to somebody who may not have it."),
    "sync.robot-reaches": N_("The server's part may reach {paths}, which is not its own."),
    "sync.too-many-files": N_("{found} files are listed; at most {limit} are taken."),
    "sync.bad-path": N_("“{path}” is no path that a file may have."),
    "sync.bad-peer": N_("“{peer}” is no id that a provider may have."),
    "sync.locked": N_("Another process is working on {peer} just now."),
    "sync.bad-address": N_("“{url}” is no address of a published folder."),
    "sync.private-address": N_(
        "It leads to {address}, which is no address of the public Internet: nobody is asked there."
    ),
    "sync.proxy-failed": N_("The proxy {proxy} did not get through: {why}"),
    "sync.onion-needs-proxy": N_("It is reached only through Tor: a proxy with socks5h://."),
    "sync.through": N_("Reached through {proxy}: {peers}"),
    "sync.redirected": N_("It sends elsewhere ({to}); redirects are not followed."),
    "sync.encoded": N_("It came compressed, which was not asked for."),
    "sync.endless": N_("It sends more than the {limit} bytes that the file may have."),
    "sync.tampered": N_("“{path}” is not what the provider signed."),
    "sync.file-missing": N_("{path} is not there."),
    "sync.not-in-folder": N_("There is no folder {folder}."),
    "sync.keys-change": N_("Its keys changed, and what they sign is not there yet."),
    "sync.page-instead": N_("There is a web page where a file, or the answer 404, should be."),
    "sync.unreachable": N_("No answer from {source}: {why}"),
    "sync.began-anew": N_("{peer} is pinned with another first root than the one known here."),
    "sync.damaged": N_("What was kept of {peer} can be read no longer; the disk may be damaged."),
    "sync.own-root-altered": N_(
        "Our own copy of this root of {peer} is not what was verified: it was altered on this machine, or the disk is damaged."
    ),
    "sync.unknown-peer": N_("There is no peer “{peer}”."),
    "sync.unknown-peer-near": N_("There is no peer “{peer}”. Did you mean “{near}”?"),
    "sync.names-nobody": N_("“{key}” names “{name}”, and no such provider is known here."),
    "sync.names-nobody-near": N_(
        "“{key}” names “{name}”, and no such provider is known here. Did you mean “{near}”?"
    ),
    "sync.calls-itself": N_("{peer} calls itself “{provider}” in what it publishes."),
    "sync.frozen": N_(
        "{by} saw version {theirs} of {peer} before {peer}'s sources gave us {ours}: somebody shows us an old state."
    ),
    "sync.shown-two-ways": N_(
        "{peer} shows different things to different readers as version {version}; {by} saw another one."
    ),
    "sync.signed-elsewhere": N_(
        "{by} saw documents of yours that this machine did not sign: somebody else has your server's keys."
    ),
    "sync.two-rosters": N_("There are two rosters with version {version}; {by} saw another one."),
    "sync.clock-behind": N_("The clock of this machine is about {hours} hours behind those of most peers."),
    "sync.clock-ahead": N_("The clock of this machine is about {hours} hours ahead of those of most peers."),
    "sync.clocks-apart": N_(
        "The clocks of {peer} and of this machine are about {hours} hours apart: one of them is wrong."
    ),
    "sync.no-alarm": N_("There is no alarm {alarm}."),
    "sync.no-alarm-near": N_("There is no alarm {alarm}. Did you mean {near}?"),
    "sync.no-reason": N_('An alarm is closed with a reason: --reason "…"'),
    "sync.new": N_("{peer}: version {version} from {source}"),
    "sync.same": N_("{peer}: nothing new since version {version}"),
    "sync.failed": N_("{peer}: nothing that can be believed; what was known stays"),
    "sync.waiting": N_("{peer}: left alone until {until} UTC, it did not answer before"),
    "sync.waiting-after-trouble": N_(
        "{peer}: left alone until {until} UTC, after the trouble of the last round"
    ),
    "sync.numbers-again": N_("{peer} changed keys, and its numbers begin again: {roles}"),
    "sync.root-changed": N_("{peer} changed keys: root {root}, seen on {seen}, holds until {until}"),
    "sync.root-renewed": N_(
        "{peer} renewed its root, with the same keys: root {root}, seen on {seen}, holds until {until}"
    ),
    "sync.keys-came": N_("New keys of people: {keys}"),
    "sync.keys-went": N_("Keys of people that count no longer: {keys}"),
    "sync.keys-stay": N_("Keys of people that stay: {keys}"),
    "sync.keys-server": N_("New keys of its server: {roles}"),
    "sync.fewer-sign": N_("Fewer signatures are enough for “{role}”: {after}; before: {before}"),
    "sync.more-sign": N_("More signatures are wanted for “{role}”: {after}; before: {before}"),
    "sync.people-replaced": N_(
        "Most keys of {peer}'s people are others in root {after} than in root {before}: of {had} stay {stay}, and {came} are new."
    ),
    "sync.one-key-decided": N_(
        "One key alone was enough to change who signs for {peer}, from root {before} to {after}: of {had} stay {stay}, and {came} are new."
    ),
    "sync.people-exchanged": N_(
        "Keys of {peer}'s people that stay from root {before} to root {after}: {stay} of {had}, fewer than had to sign ({wanted}). "
        "Gone, with root and day: {gone}."
    ),
    "sync.threshold-fell": N_(
        "Since root {after} of {peer}, fewer signatures are enough for “{role}”: {enough}; before: {wanted}."
    ),
    "sync.fingerprint-to-compare": N_("The words of root {after}, to compare:"),
    "sync.keys-changed-last": N_("{peer}: keys changed last on {seen}, with root {root}"),
    "sync.keys-never-changed": N_("{peer}: no change of keys since it is known here"),
    "sync.last-round": N_("{peer}: the last round failed: {trouble}"),
    "sync.busy": N_("{peer}: another process is reading it"),
    "sync.asleep": N_("{peer} did not answer on {strikes} rounds. It sleeps: it is asked once a day."),
    "sync.left-out": NP_(
        "{count} file of {peer} is beyond the quota and was left out.",
        "{count} files of {peer} are beyond the quota and were left out.",
    ),
    "sync.mirrored": N_("Copies brought up to date: {peers}"),
    "sync.nobody": N_("There is nobody to read: no roster, and nobody in “follow”."),
    "sync.signed": NP_("Published anew: {count} file.", "Published anew: {count} files."),
    "sync.closed": N_("closed on {date}: {reason}"),
    "sync.was-closed": N_("Closed: {alarm}"),
    "sync.no-alarms": N_("There is no open alarm."),
    "sync.woken": N_("{peer} is asked again on the next round."),
    "sync.foreign-path": N_("“{path}” does not belong to the part “{role}”."),
}

HINTS: dict[str, str] = {
    "sync.not-in-folder": N_("A copy of what {peer} publishes belongs there, with metadata/ in it."),
    "sync.asleep": N_("When it is back: polder network peers wake {peer}"),
    "sync.left-out": N_("“quota” in network.yml says how much of each peer is kept."),
    "sync.frozen": N_("Sync from another connection, and ask {peer} what its newest version is."),
    "sync.shown-two-ways": N_(
        "Ask {peer}: its server's keys may be in somebody else's hands. The evidence is kept with the alarm."
    ),
    "sync.signed-elsewhere": N_(
        "If no other machine of yours signs: polder network keys replace robot snapshot timestamp"
    ),
    "sync.two-rosters": N_("Whoever signed both did wrong: polder network roster shows the signatures."),
    "sync.clock-behind": N_(
        "Set it right (timedatectl): with a wrong clock, words that expired are believed."
    ),
    "sync.clocks-apart": N_(
        "Look at yours (timedatectl). No other peer answered in this round that could tell which of the two it is."
    ),
    "sync.clock-ahead": N_("Set it right (timedatectl): with a wrong clock, everything looks expired."),
    "sync.people-replaced": _ASK,
    "sync.one-key-decided": _ASK,
    "sync.people-exchanged": _ASK,
    "sync.threshold-fell": _ASK,
    "sync.numbers-again": N_(
        "So a provider recovers from a theft or a lost folder. If it told nobody of that, ask it."
    ),
    "sync.tampered": N_(
        "Nothing of it was believed. Tell the provider: somebody changes its files, on its server or on the way."
    ),
    "sync.altered": N_(
        "Nothing of it was believed. Tell the provider: somebody changes its files, on its server or on the way."
    ),
    "sync.mixed": N_("Tell the provider, if it is still so in an hour: its server gives old and new files."),
    "sync.role-gone": N_("Tell the provider: something that it signed before is no longer there."),
    "sync.not-numbered": N_("Tell the provider: it signed something that no reader takes."),
    "sync.root-version": N_("Tell the provider: its root files are not in order."),
    "sync.no-hash": N_("Tell the provider: it signed something that no reader takes."),
    "sync.delegates": N_("Tell the provider: it signed something that no reader takes."),
    "sync.robot-reaches": N_("Tell the provider: it signed something that no reader takes."),
    "sync.too-many-files": N_("Tell the provider: it signed something that no reader takes."),
    "sync.bad-path": N_("Tell the provider: it signed something that no reader takes."),
    "sync.foreign-path": N_("Tell the provider: it signed something that no reader takes."),
    "sync.redirected": N_("Tell the provider: its web server must give the files themselves."),
    "sync.encoded": N_("Tell the provider: its web server must give the files as they are."),
    "sync.endless": N_("Tell the provider: its web server gives something else than its files."),
    "sync.no-alarm": N_("polder network alarms lists them."),
    "sync.private-address": N_(
        "If that is meant (a laboratory, a mesh), add the peer to “private” in network.yml. If not, tell the provider where its name leads."
    ),
    "sync.proxy-failed": N_("This is no fault of the peer. Look whether the proxy runs, and what it says."),
    "sync.onion-needs-proxy": N_(
        "Where Tor runs on this machine, write into network.yml: proxy: socks5h://127.0.0.1:9050"
    ),
    "sync.page-instead": N_("Its web server must answer 404 for files that are not there."),
    "sync.began-anew": N_("If it began anew, and you compared the fingerprint, move {folder} away."),
    "sync.damaged": N_("Restore {folder} from a backup, or move it away: it is fetched anew then."),
    "sync.own-root-altered": N_(
        "Move {folder} away: all is fetched anew, from the fingerprint that you pinned. Was a stranger here? Compare it with {peer} first."
    ),
    "sync.another-root": N_(
        "Compare the fingerprint with the provider over another channel. If it began anew, change root in network.yml."
    ),
    "sync.two-versions": N_("Ask the provider: somebody else may hold its server's keys."),
    "sync.old-keys": N_(
        "Whoever serves this shows an old state: a mirror that copies no longer, or somebody who holds you back."
    ),
    "sync.rollback": N_(
        "Somebody shows an old state. If the provider restored a backup, it must publish anew with higher versions."
    ),
}
