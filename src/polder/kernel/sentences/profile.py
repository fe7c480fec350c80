"""Sentences whose code begins with ``profile.``: the lines of the baseline profile, and what keeps it from being applied."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "profile.unsupported": N_(
        "The baseline profile is for Debian 12 (bookworm) and 13 (trixie); host {host} has {system}."
    ),
    "profile.account-taken": N_(
        "Operator {operator} cannot have an account on host {host}: a service there has that name."
    ),
    "profile.no-wireguard": N_(
        "Host {host} cannot join the mesh: its kernel has no WireGuard, and there is no /dev/net/tun for "
        "wireguard-go."
    ),
    "profile.mesh-in-use": N_(
        "Host {host} would leave the mesh, or change its address there, while the swarm speaks through it "
        "({address})."
    ),
    "profile.unknown-line": N_("“{name}” is not a line of the baseline profile. Lines: {known}."),
    "profile.unknown-line-near": N_(
        "“{name}” is not a line of the baseline profile. Did you mean “{nearest}”?"
    ),
    "profile.unknown-finding": N_("“{name}” is not a finding of an audit."),
    "profile.unknown-finding-near": N_("“{name}” is not a finding of an audit. Did you mean “{nearest}”?"),
    "profile.name-title": N_("The machine's own name"),
    "profile.name-does": N_("The host is called as in hosts.yml; a longer name that begins so is kept."),
    "profile.name-why": N_(
        "Journals, mails of the system and `docker node ls` then show the name that people use."
    ),
    "profile.name-without": N_("Nothing breaks; you must know which name means which machine."),
    "profile.accounts-title": N_("Operators' accounts and keys"),
    "profile.accounts-does": N_(
        "Each operator of site.yml who has an SSH key gets an account with exactly those keys and may become "
        "root. The account that Polder logs in with holds the keys of all operators. Who is no longer in "
        "site.yml loses account and keys."
    ),
    "profile.accounts-why": N_(
        "One file says who may come in, on every host; the system's log says who did what; somebody who "
        "leaves is gone everywhere with one plan."
    ),
    "profile.accounts-without": N_("You keep accounts and keys by hand, and take them away by hand."),
    "profile.ssh-title": N_("SSH: keys only"),
    "profile.ssh-does": N_(
        "No passwords, root only by key (or not at all when Polder logs in as somebody else), today's "
        "algorithms, thirty seconds to log in. Guarded: it is taken back unless a new connection gets in."
    ),
    "profile.ssh-why": N_(
        "Every machine on the internet is asked for passwords all day; a key cannot be guessed."
    ),
    "profile.ssh-without": N_("Debian's own settings hold: passwords are accepted for everybody but root."),
    "profile.ssh-forwarding-title": N_("SSH: no tunnels"),
    "profile.ssh-forwarding-does": N_(
        "No forwarding of ports, sockets, agents or displays through the SSH server."
    ),
    "profile.ssh-forwarding-why": N_(
        "A stolen key of one host then opens no way past the firewall, and no borrowed agent opens the next "
        "host. Polder and Docker over SSH need none of it."
    ),
    "profile.ssh-forwarding-without": N_("Operators can use `ssh -L` and `ssh -J` through this host."),
    "profile.sysctl-title": N_("Kernel settings"),
    "profile.sysctl-does": N_(
        "A few settings: no redirects or source routes from the network, no senders that cannot be, kernel "
        "addresses and messages for "
        "root only, processes cannot read each other, a machine whose kernel panics starts again, room for "
        "many containers' file watchers."
    ),
    "profile.sysctl-why": N_(
        "Each closes a small way of attack that a server never needs, or keeps an unattended machine going."
    ),
    "profile.sysctl-without": N_("Debian's own values hold after the next start."),
    "profile.journal-title": N_("Limits of the journal"),
    "profile.journal-does": N_("The system's journal is kept on disk, at most 500 MB and thirty days."),
    "profile.journal-why": N_(
        "Logs survive a restart, cannot fill the disk, and people's addresses in them are forgotten in time."
    ),
    "profile.journal-without": N_(
        "The journal may take a tenth of the disk and keeps everything until then."
    ),
    "profile.updates-title": N_("Security updates by themselves"),
    "profile.updates-does": N_(
        "unattended-upgrades installs Debian's security updates each day and nothing else; it never restarts "
        "the machine. Docker is among them: its update restarts the host's containers."
    ),
    "profile.updates-why": N_(
        "Holes that are known are used within days, and nobody watches every day. Restarts wait for a plan, "
        "one host at a time."
    ),
    "profile.updates-without": N_("Somebody must install security updates by hand, every few days."),
    "profile.time-title": N_("The right time"),
    "profile.time-does": N_(
        "systemd-timesyncd keeps the clock, or the time service that is there already (chrony, ntpsec, "
        "openntpd). Containers take the clock of their machine."
    ),
    "profile.time-why": N_(
        "Certificates, the swarm's managers, backups and one-time codes all fail when clocks differ."
    ),
    "profile.time-without": N_("The clock drifts by seconds a week, until certificates are refused."),
    "profile.firewall-title": N_("Firewall"),
    "profile.firewall-does": N_(
        "Nothing comes in but SSH, what the host's roles and hosts.yml name, and what the site's own hosts "
        "need of each other; the same holds for ports that Docker publishes. Its own nftables table, loaded "
        "before the network; no other table is touched. Guarded: it is taken back unless a new connection "
        "gets in."
    ),
    "profile.firewall-why": N_(
        "A service that listens by mistake is not open to the world, and Swarm's own ports, which trust "
        "whoever reaches them, answer the site's hosts only."
    ),
    "profile.firewall-without": N_(
        "Everything that listens is open to everybody, Swarm's networks between apps among it."
    ),
    "profile.mesh-title": N_("Encrypted mesh between the hosts"),
    "profile.mesh-does": N_(
        "A WireGuard interface polder0 with the address that hosts.yml gives (mesh), and the site's other "
        "hosts as its peers. The private key is made on the host and stays there."
    ),
    "profile.mesh-why": N_(
        "Swarm does not encrypt what apps say to each other between hosts; on rented machines the wires "
        "belong to others."
    ),
    "profile.mesh-without": N_(
        "Traffic between apps on different hosts crosses the network readable for whoever carries it."
    ),
    "profile.registry-title": N_("Registry"),
    "profile.registry-does": N_(
        "On the host whose address “registry” in site.yml names: Debian's docker-registry, which listens at that address only."
    ),
    "profile.registry-why": N_(
        "With several hosts, each fetches the images that were built from a registry. One of your own needs no public hub."
    ),
    "profile.registry-without": N_("You keep a registry yourself, here or elsewhere."),
    "profile.docker-title": N_("Docker"),
    "profile.docker-does": N_(
        "Debian's docker.io. Containers' logs are limited to three files of 10 MB each. No live-restore: "
        "nodes of a swarm cannot have it. A registry that site.yml names by an address (it can have no "
        "certificate) is allowed as it is. A file that was there before is kept beside it "
        "(daemon.json.before-polder). After a power cut Docker starts twice."
    ),
    "profile.docker-why": N_(
        "Apps run in it. Without limits one chatty container fills the disk and stops all others. After a power cut Docker "
        "may keep the ports of containers that are gone until it starts again."
    ),
    "profile.docker-without": N_(
        "You install Docker and keep its settings; the host must still be able to join the swarm."
    ),
    "profile.swap-title": N_("Swap (looked at only)"),
    "profile.swap-does": N_("An audit says when a machine with little memory has no swap."),
    "profile.swap-why": N_(
        "Where memory runs short for a moment, some swap is the difference between slow and killed. How much,"
        " and where, is yours to say: some disks wear out, and what is swapped out is on the disk."
    ),
    "profile.swap-without": N_("The audit no longer mentions it."),
    "profile.disk-title": N_("Room on disks (looked at only)"),
    "profile.disk-does": N_("An audit says when a file system is nearly full, by bytes or by files."),
    "profile.disk-why": N_(
        "Databases that find no room stop or break; nothing can be deleted for you safely."
    ),
    "profile.disk-without": N_("The audit no longer mentions it."),
}

HINTS: dict[str, str] = {
    "profile.mesh-in-use": N_(
        "Put “mesh” back in hosts.yml; to be without it, hosts must leave the swarm first and join at their "
        "other addresses."
    ),
    "profile.unsupported": N_(
        "Upgrade it to a supported release, or set it up by hand and say “profile: none” in hosts.yml."
    ),
    "profile.account-taken": N_(
        "Give the operator another name in site.yml, or refuse the line: without: {{accounts: …}}"
    ),
    "profile.no-wireguard": N_(
        "Ask who rents you the machine for TUN, or leave “mesh” out for it: its traffic then goes past the "
        "mesh."
    ),
}
