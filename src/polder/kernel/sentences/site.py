"""Sentences whose code begins with ``site.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "site.no-file": N_("There is no site here: no site.yml."),
    "site.no-hosts": N_("No host is named in hosts.yml, so there is no machine to run anything on."),
    "site.file-too-big": N_("This file has {size} bytes; here {limit} is the most."),
    "site.file-outside": N_("This is a link that leads out of the folder; it is not followed."),
    "site.file-unreadable": N_("This file cannot be read: {reason}."),
    "site.file-ending": N_("Files of settings end in .yml here; this one would be overlooked."),
    "site.file-too-many": N_("There are more than {limit} files here."),
    "site.engine-hosts": N_("“engine: hosts” needs hosts that Polder sets up (profile: baseline)."),
    "site.not-an-engine": N_(
        "“{value}” is not a way to reach an engine: local, unix:///path, ssh://user@host, tcp://host:2376"
        " or context:NAME."
    ),
    "site.not-a-registry": N_(
        "“{value}” is not the address of a registry, like registry.lilas.example:5000."
    ),
    "site.not-a-contact": N_("“{value}” is not an address to write to, like mailto:hello@lilas.example."),
    "site.not-an-address": N_("“{value}” is neither an IP address nor “local”."),
    "site.not-a-port": N_("“{value}” is not a port and its protocol, such as 25/tcp."),
    "site.not-a-user": N_("“{value}” is not a user name of a Debian machine."),
    "site.not-a-mesh-address": N_(
        "“{value}” is not an IPv4 address of a private network, such as 10.213.0.1."
    ),
    "site.not-a-finding": N_("“{value}” is not the name of a finding or of a line of the profile."),
    "site.not-an-ssh-key": N_("“{value}” is not an SSH public key (ssh-ed25519 or ssh-rsa)."),
    "site.unknown-operator": N_("There is no operator “{name}” in site.yml. There are: {known}."),
    "site.unknown-operator-near": N_("There is no operator “{name}” in site.yml. Did you mean “{nearest}”?"),
    "site.unknown-operator-none": N_("There is no operator “{name}” in site.yml; there are none."),
    "site.last-operator": N_("{name} is the last operator: nobody could read the secrets any more."),
    "site.shared-key": N_("A key of {name} also stands under {others}: it would still open everything."),
    "site.profile-needs-address": N_(
        "{host} has the address “local”: a profile is applied over SSH and needs an IP address."
    ),
    "site.not-a-digest": N_("“{value}” is not a digest: sha256: and 64 hex digits."),
    "site.not-a-recipient": N_("“{value}” is neither an age recipient (age1…) nor an SSH public key."),
    "site.private-key": N_(
        "What is given for “{key}” is a private key. Only the public one belongs here; no longer use that pair."
    ),
    "site.not-a-folder": N_("“{value}” is not the path of a folder inside the site."),
    "site.not-a-certificate": N_("This is not a certificate in PEM form."),
    "site.unknown-recipe": N_("There is no recipe “{name}”. There are: {known}."),
    "site.unknown-recipe-near": N_("There is no recipe “{name}”. Did you mean “{nearest}”?"),
    "site.unknown-host": N_("There is no host “{name}” in hosts.yml. There are: {known}."),
    "site.unknown-host-near": N_("There is no host “{name}” in hosts.yml. Did you mean “{nearest}”?"),
    "site.unknown-setting": N_("The recipe “{recipe}” has no setting “{name}”. It has: {known}."),
    "site.unknown-setting-near": N_(
        "The recipe “{recipe}” has no setting “{name}”. Did you mean “{nearest}”?"
    ),
    "site.unknown-setting-none": N_("The recipe “{recipe}” has no settings, so not “{name}” either."),
    "site.unknown-size": N_("The recipe “{recipe}” has no size “{name}”. It has: {known}."),
    "site.unknown-size-near": N_("The recipe “{recipe}” has no size “{name}”. Did you mean “{nearest}”?"),
    "site.missing-setting": N_("The recipe “{recipe}” needs an answer for the setting “{setting}”."),
    "site.no-role": N_("No host has the role “{role}”."),
    "site.same-address": N_("“{host}” has the address {address}, and so has “{other}”."),
    "site.same-domain": N_("{app} asks for the domain {domain}, which {other} has already ({place})."),
    "site.no-operators": N_("There are secrets to keep ({apps}), but no operator who could read them."),
    "site.no-registry": N_("With more than one host ({hosts}), images need a registry that all can reach."),
    "site.needs-host-paths": N_(
        "The recipe “{recipe}” asks for folders of the host ({place}); your policy does not allow it."
    ),
    "site.needs-privileged": N_(
        "The recipe “{recipe}” asks for full power over the host ({place}); your policy does not allow it."
    ),
    "site.needs-docker-socket": N_(
        "The recipe “{recipe}” asks for Docker's own socket ({place}), which is full power over the"
        " host; your policy does not allow it."
    ),
    "site.needs-host-network": N_(
        "The recipe “{recipe}” asks for the host's own network ({place}); your policy does not allow it."
    ),
    "site.needs-ports": N_(
        "The recipe “{recipe}” asks for ports of the host ({place}); your policy does not allow it."
    ),
    "site.needs-capabilities": N_(
        "The recipe “{recipe}” asks for more rights than usual ({place}); your policy does not allow it."
    ),
    "site.needs-devices": N_(
        "The recipe “{recipe}” asks for devices of the host ({place}); your policy does not allow it."
    ),
    "site.system-recipe": N_("The recipe “{recipe}” belongs to Polder itself; no group can ask for it."),
    "site.unknown-label": N_("No host has a label “{name}”. There are: {known}."),
    "site.unknown-label-near": N_("No host has a label “{name}”. Did you mean “{nearest}”?"),
    "site.not-a-need": N_(
        "“{value}” cannot be asked of a host: letters and digits, and between them spaces, dots, colons, hyphens and slashes."
    ),
    "site.host-lacks": N_(
        "{app} is to run on {host}, but needs {label}: {wanted_label}, and {host} says {found} ({place})."
    ),
    "site.needs-unmet": N_("No host has all that {app} needs ({needs}). What they say: {hosts}."),
    "site.reserved-label": N_("Polder itself says “{label}” of each host; the label needs another name."),
    "site.long-name": N_(
        "On the engine this app would need the name {name}: {length} characters, and {limit} is the most."
    ),
    "site.secret-missing": N_(
        "{app} needs the secret “{secret}”, which only you can give; there is no {file}."
    ),
    "site.folder-missing": N_("There is no folder {folder} in the site."),
    "site.folder-empty": N_("The folder {folder} is empty."),
    "site.folder-too-big": N_("The folder {folder} holds more than {limit} bytes."),
    "site.folder-too-many": N_("The folder {folder} holds more than {limit} files."),
    "site.folder-link": N_("In the folder {folder}, {path} is a link that leads out of it."),
    "site.folder-special": N_("In the folder {folder}, {path} is neither a file, a folder nor a link."),
    "site.folder-outside": N_("The folder {folder} is a link that leads out of the site."),
    "site.folder-unreadable": N_("The folder {folder} cannot be read: {reason}."),
    "site.forgotten-and-wanted": N_(
        "“{app}” is among the apps, and its data is to be forgotten: only one can be meant."
    ),
    "site.exists": N_("There is a file of this name already; nothing was written."),
    "site.unknown-schema": N_("There is no schema “{name}”. There are: {known}."),
    "site.unknown-schema-near": N_("There is no schema “{name}”. Did you mean “{nearest}”?"),
    "site.forget-mismatch": N_("You typed “{typed}”; to destroy data, type “{wanted}”."),
    "site.reserved-group": N_("“{group}” is Polder's own name; the group needs another."),
    "site.begun": N_("{name} has a site in {folder}. Next: polder check, polder plan."),
    "site.right": N_("{name}: nothing is wrong. Groups: {groups}, apps: {apps}, hosts: {hosts}."),
    "site.written": N_("Written: {files}."),
    "site.nothing-changed": N_("The files say so already; nothing was written."),
    "site.nothing-written": N_("Nothing was written."),
    "site.next": N_("“polder plan” shows what follows from it."),
    "site.committed": N_("Committed as {commit}."),
    "site.data-kept": N_(
        "The data of {app} is kept on its host: {volumes}. It is found again if the app comes back."
    ),
    "site.data-forgotten": N_("The next apply will destroy the data of {app} for good: {volumes}."),
    "site.detached": N_(
        "The commit {commit} is on no branch: the next checkout leaves it behind, and nobody who pulls gets it."
    ),
    "site.git": N_("The files are written, but git made no commit: {reason}."),
    "site.changed-meanwhile": N_("Somebody changed this file just now, so nothing was written. Ask again."),
    "site.not-here": N_("There is no site in {folder}, nor in the folders above it: no site.yml."),
    "site.edit-by-hand": N_("This file is written in a way that Polder cannot change without spoiling it."),
    "site.not-an-app": N_("“{value}” is not the name of an app: write GROUP/APP, like jardin/wiki."),
    "site.app-exists": N_("This group has an app “{name}” already."),
    "site.group-exists": N_("There is a group “{name}” already."),
    "site.operator-exists": N_("There is an operator “{name}” already."),
    "site.host-has-apps": N_("{host} cannot be taken out: these apps are pinned to it: {apps}."),
    "site.host-exists": N_("There is a host “{name}” already."),
    "site.unknown-group": N_("There is no group “{name}”. There are: {known}."),
    "site.unknown-group-near": N_("There is no group “{name}”. Did you mean “{nearest}”?"),
    "site.unknown-group-none": N_("There is no group “{name}”; there are no groups yet."),
    "site.unknown-app": N_("There is no app “{name}”. There are: {known}."),
    "site.unknown-app-near": N_("There is no app “{name}”. Did you mean “{nearest}”?"),
    "site.unknown-app-none": N_("There is no app “{name}”; the group has none."),
    "site.unsettable": N_("An app has no “{name}” to set. There are: {known}."),
    "site.unsettable-near": N_("An app has no “{name}” to set. Did you mean “{nearest}”?"),
    "site.forgotten-twice": N_("“{app}” is written twice."),
}

HINTS: dict[str, str] = {
    "site.host-has-apps": N_(
        "Pin them to another host first (polder app set APP host=NAME) and take their data along, "
        "or: polder host replace {host} NEW ADDRESS"
    ),
    "site.not-here": N_("Make one with “polder init DIR”, or say where it is with “--site DIR”."),
    "site.edit-by-hand": N_("Change it in an editor; “polder check” says whether the result is right."),
    "site.unknown-group-none": N_("Make one with “polder group add SLUG --name NAME”."),
    "site.no-file": N_("Make one with “polder init DIR”, or say where it is with “--site DIR”."),
    "site.no-operators": N_("Add one with “polder operator add NAME age1…”."),
    "site.no-registry": N_("Say it in site.yml: “registry: registry.your.domain:5000”."),
    "site.secret-missing": N_("Give it with “polder secret set”."),
    "site.host-lacks": N_("Take “host” out and Polder finds a host that fits, or change what is needed."),
    "site.needs-unmet": N_("Say it of a host in hosts.yml if it is so, or change what is needed."),
    "site.detached": N_("Keep it: git branch KEEP {commit}, then git switch main and git merge KEEP."),
    "site.last-operator": N_("Add another one first: polder operator add NAME age1..."),
    "site.shared-key": N_("Take it out there first, or give them a key of their own."),
    "site.long-name": N_("Choose shorter names for the group or the app."),
    "site.file-ending": N_("Rename it."),
    "site.folder-missing": N_("Paths begin at the folder that holds site.yml."),
    **{
        f"site.needs-{permission}": N_(
            "If you trust the recipe with that, say so in site.yml under “policy: allow:”, by the recipe's name."
        )
        for permission in (
            "host-paths",
            "privileged",
            "docker-socket",
            "host-network",
            "ports",
            "capabilities",
            "devices",
        )
    },
}
