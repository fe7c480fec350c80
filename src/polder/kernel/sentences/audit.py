"""Sentences whose code begins with ``audit.``: what an audit finds, why it matters (``-why``) and how to mend it (hints)."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "audit.security-updates": N_("Security updates are waiting: {number}."),
    "audit.security-updates-why": N_("What they mend is public: whoever attacks reads the same notices."),
    "audit.updates": N_("Other updates are waiting: {number}."),
    "audit.updates-why": N_("Faults that others found and mended are still here."),
    "audit.old-lists": N_("The package lists are old or were never fetched (days: {days})."),
    "audit.old-lists-why": N_("Without them nobody knows which security updates are waiting."),
    "audit.no-automatic-updates": N_("Security updates are not installed by themselves."),
    "audit.no-automatic-updates-why": N_(
        "Holes that are known are used within days, and nobody looks every day."
    ),
    "audit.release-ended": N_("{release} gets no more security updates (since {until})."),
    "audit.release-ended-why": N_("Every hole found since then stays open for good."),
    "audit.release-ending": N_("{release} gets security updates until {until} only."),
    "audit.release-ending-why": N_("An upgrade wants a calm week, and there are few left."),
    "audit.release-long-term": N_("{release} is looked after by Debian's long-term team, until {until}."),
    "audit.release-long-term-why": N_("Updates come later, and not for every package."),
    "audit.release-unknown": N_("This system is not one whose end Polder knows: {system}."),
    "audit.release-unknown-why": N_("Nobody can tell you here how long it gets security updates."),
    "audit.old-kernel": N_("The kernel that runs ({running}) is not the newest installed ({newest})."),
    "audit.old-kernel-why": N_("What the newer one mends is mended only after a restart."),
    "audit.restart-due": N_(
        "The machine should be restarted: something that was updated still runs in its old form."
    ),
    "audit.restart-due-why": N_(
        "An update of a library or the kernel takes effect when what uses it starts again."
    ),
    "audit.failed-units": N_("Services have failed: {units}."),
    "audit.failed-units-why": N_(
        "What they should do is not being done: backups, certificates, mail of the system."
    ),
    "audit.clock-off": N_("The clock is {seconds} seconds off."),
    "audit.clock-off-why": N_(
        "Certificates, one-time codes, backups and the swarm's managers need the right time."
    ),
    "audit.clock-alone": N_("Nothing keeps the clock right."),
    "audit.clock-alone-why": N_("It drifts by seconds a week until something refuses it."),
    "audit.certificate-ended": NP_(
        "The certificate {path} ended {days} day ago.",
        "The certificate {path} ended {days} days ago.",
        by="days",
    ),
    "audit.certificate-ended-why": N_("Whoever checks it turns away."),
    "audit.certificate-ending": NP_(
        "The certificate {path} ends in {days} day.", "The certificate {path} ends in {days} days.", by="days"
    ),
    "audit.certificate-ending-why": N_("It should have been renewed by now; something keeps it from that."),
    "audit.weak-settings": N_("Kernel settings are weaker than they need be: {number}."),
    "audit.weak-settings-why": N_("Each leaves open a small way of attack that a server never needs."),
    "audit.no-apparmor": N_("Programs are not confined: AppArmor is off."),
    "audit.no-apparmor-why": N_(
        "A program that is taken over, in a container too, may then do all that its user may."
    ),
    "audit.ssh-passwords": N_("The SSH server takes passwords."),
    "audit.ssh-passwords-why": N_(
        "Every machine on the internet is asked for passwords all day; one weak one is enough."
    ),
    "audit.ssh-root-password": N_("Root may log in over SSH with a password."),
    "audit.ssh-root-password-why": N_("Its name is known and its rights have no limit: guessing pays."),
    "audit.ssh-empty-passwords": N_("The SSH server lets in accounts that have an empty password."),
    "audit.ssh-empty-passwords-why": N_("Anybody who knows a name is in."),
    "audit.ssh-old-options": N_("The SSH server has risky options: {options}."),
    "audit.ssh-old-options-why": N_("They trust other machines, files or networks more than keys."),
    "audit.ssh-weak-algorithms": N_("The SSH server still offers old algorithms: {algorithms}."),
    "audit.ssh-weak-algorithms-why": N_(
        "A connection recorded today may be read, or changed on its way, with them."
    ),
    "audit.ssh-x11": N_("The SSH server forwards displays (X11)."),
    "audit.ssh-x11-why": N_(
        "A server needs none, and a host that was taken over could watch the screen of who logs in."
    ),
    "audit.ssh-tunnels": N_("The SSH server forwards ports, sockets or agents."),
    "audit.ssh-tunnels-why": N_(
        "A stolen key opens a way past the firewall; a borrowed agent opens the next host."
    ),
    "audit.empty-password": N_("The account {account} has an empty password."),
    "audit.empty-password-why": N_("Whoever reaches a login can become {account}."),
    "audit.second-root": N_("The account {account} is root under another name (user id 0)."),
    "audit.second-root-why": N_("Such an account is how somebody who broke in comes back."),
    "audit.undeclared-person": N_("The account {account} can log in, and no file of the site names it."),
    "audit.undeclared-person-why": N_("Who left long ago, or was never invited, may still come in."),
    "audit.undeclared-key": N_("Keys that no operator has open the account {account}: {number}."),
    "audit.undeclared-key-why": N_("Each of them is somebody who can come in without anybody knowing."),
    "audit.weak-key": N_("Weak keys open the account {account}: {number}."),
    "audit.weak-key-why": N_(
        "DSA keys, and RSA keys under 3072 bits, can be worked out by who has means, or soon will be."
    ),
    "audit.docker-group": N_("The account {account} is in the group docker."),
    "audit.docker-group-why": N_(
        "Whoever may start containers is root, without any password and without a trace."
    ),
    "audit.open-private-key": N_("Private keys that others on the machine can read: {paths}."),
    "audit.open-private-key-why": N_("Any service that is taken over can take them along."),
    "audit.open-system-file": N_("{path} is open to more than it should be (mode {mode})."),
    "audit.open-system-file-why": N_("It holds, or decides, who may become whom."),
    "audit.no-firewall": N_(
        "No firewall keeps out what was not meant to be reached (others' tables: {tables})."
    ),
    "audit.no-firewall-why": N_("Whatever listens, by mistake too, is open to everybody."),
    "audit.firewall-changed": N_("The firewall is not as the site says (rules: {number})."),
    "audit.firewall-changed-why": N_(
        "Somebody changed it by hand, or the site's files changed and were not applied."
    ),
    "audit.undeclared-port": N_(
        "{program} waits at port {port}/{protocol}, and no file of the site names that."
    ),
    "audit.undeclared-port-why": N_(
        "Each port is a door; one that nobody knows of is one that nobody looks after."
    ),
    "audit.docker-over-network": N_("Docker takes orders over the network at port {port}."),
    "audit.docker-over-network-why": N_("Whoever reaches it is root on this machine."),
    "audit.no-mesh": N_("The mesh is not up here (wanted as {address})."),
    "audit.no-mesh-why": N_("What apps say to each other between hosts goes unencrypted, or not at all."),
    "audit.mesh-left": N_("The mesh is still up here, and hosts.yml no longer wants it."),
    "audit.mesh-left-why": N_("It is one more way in between hosts, and nobody looks after it."),
    "audit.docker-stopped": N_("Docker is installed and does not answer."),
    "audit.docker-stopped-why": N_("No app runs on this host."),
    "audit.docker-old": N_("Docker {version} is older than what Polder speaks (20.10)."),
    "audit.docker-old-why": N_("It gets no security updates, and plans for it would fail."),
    "audit.docker-logs": N_("Docker keeps containers' logs without a limit."),
    "audit.docker-logs-why": N_("One chatty container fills the disk and stops all others."),
    "audit.docker-live-restore": N_("Docker has live-restore switched on, so this host cannot join a swarm."),
    "audit.docker-live-restore-why": N_("The two exclude each other: Docker refuses to start with both."),
    "audit.disk-full": N_("{path} is {percent} % full ({free} left)."),
    "audit.disk-full-why": N_("Databases stop or break when they find no room; logs and backups go first."),
    "audit.disk-filling": N_("{path} is {percent} % full ({free} left)."),
    "audit.disk-filling-why": N_("There is time to act now; there will be none when it is full."),
    "audit.inodes": N_("{path} has used {percent} % of the files that it can hold."),
    "audit.inodes-why": N_("A disk with room left refuses new files all the same."),
    "audit.no-swap": N_("The machine has {memory} of memory and no swap."),
    "audit.no-swap-why": N_(
        "When memory runs short for a moment, the kernel ends a process instead of slowing down."
    ),
    "audit.little-memory": N_("The machine has little memory ({memory})."),
    "audit.little-memory-why": N_("Docker, Swarm and the front door alone want about half a gigabyte."),
}

HINTS: dict[str, str] = {
    "audit.security-updates": N_("On the host: apt-get update && apt-get upgrade"),
    "audit.updates": N_("On the host, when it suits: apt-get update && apt-get upgrade"),
    "audit.old-lists": N_(
        "On the host: apt-get update, and see why the daily timer does not: systemctl status apt-daily.timer"
    ),
    "audit.no-automatic-updates": N_(
        "With “profile: baseline” polder apply does it; by hand: apt-get install unattended-upgrades"
    ),
    "audit.release-ended": N_(
        "Upgrade to the next release, or set up a new machine and replace this one: polder host replace"
    ),
    "audit.release-ending": N_(
        "Plan the upgrade now, or set up a new machine and replace this one: polder host replace"
    ),
    "audit.release-long-term": N_(
        "Upgrade to the next release when it suits: polder host replace lets a new machine take its place."
    ),
    "audit.release-unknown": N_("Look at what its makers say; the baseline profile is for Debian 12 and 13."),
    "audit.old-kernel": N_("Restart it: polder plan has a step for that, which empties the host first."),
    "audit.restart-due": N_("Restart it: polder plan has a step for that, which empties the host first."),
    "audit.failed-units": N_(
        "On the host: systemctl status UNIT, journalctl -u UNIT; then systemctl reset-failed"
    ),
    "audit.clock-off": N_(
        "On the host: timedatectl, and see what keeps the time (systemd-timesyncd, chrony)."
    ),
    "audit.clock-alone": N_(
        "With “profile: baseline” polder apply does it; by hand: apt-get install systemd-timesyncd"
    ),
    "audit.certificate-ended": N_("Renew it, or remove it if nothing uses it any more."),
    "audit.certificate-ending": N_("See why what renews it does not: its timer, its log, the name in DNS."),
    "audit.weak-settings": N_(
        "With “profile: baseline” polder apply sets most; the evidence names each, with the better value."
    ),
    "audit.no-apparmor": N_(
        "On the host: apt-get install apparmor, and no apparmor=0 among the kernel's parameters."
    ),
    "audit.ssh-passwords": N_(
        "With “profile: baseline” polder apply does it; by hand: PasswordAuthentication no and "
        "KbdInteractiveAuthentication no"
    ),
    "audit.ssh-root-password": N_("In sshd_config: PermitRootLogin prohibit-password"),
    "audit.ssh-empty-passwords": N_("In sshd_config: PermitEmptyPasswords no"),
    "audit.ssh-old-options": N_("Take these lines out of sshd_config: the usual values are good."),
    "audit.ssh-weak-algorithms": N_(
        "With “profile: baseline” polder apply does it; by hand: KexAlgorithms, Ciphers and MACs in "
        "sshd_config"
    ),
    "audit.ssh-x11": N_("In sshd_config: X11Forwarding no"),
    "audit.ssh-tunnels": N_(
        "In sshd_config: DisableForwarding yes; or say in hosts.yml why not: without: {{ssh-forwarding: …}}"
    ),
    "audit.empty-password": N_("On the host: passwd --lock {account}"),
    "audit.second-root": N_("On the host: find out whose it is; then userdel {account}"),
    "audit.undeclared-person": N_(
        "Name them in site.yml (polder operator add), remove the account, or say why: silence: {{undeclared-"
        "person.{account}: …}}"
    ),
    "audit.undeclared-key": N_(
        "Give them to an operator in site.yml (ssh-keys), or take them out of authorized_keys."
    ),
    "audit.weak-key": N_("Make a new one (ssh-keygen -t ed25519) and put it in the old one's place."),
    "audit.docker-group": N_("On the host: gpasswd -d {account} docker"),
    "audit.open-private-key": N_("chmod 600 FILE; and if others work on that machine, make a new key."),
    "audit.open-system-file": N_(
        "On the host: chmod it to what Debian gives (shadow 640, sudoers 440, others 644)."
    ),
    "audit.no-firewall": N_(
        "With “profile: baseline” polder apply does it; “ports” in hosts.yml names what should be open."
    ),
    "audit.firewall-changed": N_("polder plan shows each rule; polder apply sets them right."),
    "audit.undeclared-port": N_(
        "Stop the service, bind it to 127.0.0.1, name it in hosts.yml (ports: [{port}/{protocol}]), or say "
        "why: silence: {{undeclared-port.{port}-{protocol}: …}}"
    ),
    "audit.docker-over-network": N_("Take -H tcp:// out of Docker's settings; Polder comes over SSH."),
    "audit.no-mesh": N_("polder apply makes it; if it did: systemctl status wg-quick@polder0"),
    "audit.mesh-left": N_("polder plan shows how it goes away, or why it cannot yet."),
    "audit.docker-stopped": N_("On the host: systemctl status docker, journalctl -u docker"),
    "audit.docker-old": N_("Install Debian's docker.io of a supported release."),
    "audit.docker-logs": N_(
        "With “profile: baseline” polder apply does it; by hand: log-opts with max-size in "
        "/etc/docker/daemon.json"
    ),
    "audit.docker-live-restore": N_(
        "Take live-restore out of /etc/docker/daemon.json and restart Docker; with “profile: baseline” polder"
        " apply does it."
    ),
    "audit.disk-full": N_(
        "See what takes the room: du -xh --max-depth=2 {path} | sort -h | tail; docker system df"
    ),
    "audit.disk-filling": N_(
        "See what takes the room: du -xh --max-depth=2 {path} | sort -h | tail; docker system df"
    ),
    "audit.inodes": N_("See where the many small files are: du --inodes -x {path} | sort -n | tail"),
    "audit.no-swap": N_(
        "A file does: fallocate -l 2G /swapfile, chmod 600, mkswap, swapon, a line in /etc/fstab; or say why "
        "not: without: {{swap: …}}"
    ),
    "audit.little-memory": N_("Give it few and small apps, or more memory."),
}
