"""Sentences whose code begins with ``host.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "host.no-answer": N_("The host {host} ({address}) does not answer: {why}."),
    "host.wrong-key": N_(
        "The host {host} ({address}) shows another SSH key ({shown}) than the one that the site names. Nothing was asked of it."
    ),
    "host.unknown-key": N_(
        "Nobody has said which SSH key the host {host} ({address}) shows. Nothing was asked of it."
    ),
    "host.no-entry": N_("The host {host} ({address}) lets nobody in as {user} with the keys tried."),
    "host.not-root": N_("On the host {host} ({address}), {user} may not become root: {why}."),
    "host.not-debian": N_("The host {host} ({address}) does not run Debian but {system}."),
    "host.failed": N_("On the host {host}, this failed: {what}. It said: {lines}"),
    "host.not-known": N_("{path} on the host {host} needs {missing}, which no step has made known yet."),
    "host.taken-back": N_(
        "After the change nobody could reach the host {host} any more, so it put everything back as it was. It said: {lines}"
    ),
    "host.guarded": N_(
        "On the host {host} a change waits for its confirmation and is taken back in {seconds} s unless that comes."
    ),
    "host.no-reboot": N_("The host {host} did not come back within {within} s after it was started anew."),
}

HINTS: dict[str, str] = {
    "host.no-answer": N_(
        "Is it switched on, and are address: and port: in hosts.yml right? ssh -v to it shows how far one comes."
    ),
    "host.wrong-key": N_(
        "If the host was installed anew, compare the key with its console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and"
        " change host-key: in hosts.yml. If not, somebody may stand in between."
    ),
    "host.unknown-key": N_(
        "Write its key as host-key: in hosts.yml (cat /etc/ssh/ssh_host_ed25519_key.pub on its console shows it), or log in once by"
        " hand and compare the fingerprint."
    ),
    "host.no-entry": N_(
        "Load your key into ssh-agent, or name an ssh_config with IdentityFile as POLDER_SSH_CONFIG. user: in hosts.yml is who logs in."
    ),
    "host.not-root": N_(
        "Let the user become root without a password (a line “USER ALL=(ALL) NOPASSWD: ALL” in /etc/sudoers.d), or write user: root."
    ),
    "host.not-debian": N_(
        "Polder sets up Debian 12 and 13. Other machines can be left alone with profile: none."
    ),
    "host.failed": N_(
        "What was done before stays; once the cause is mended, polder apply goes on from there."
    ),
    "host.not-known": N_("Run polder apply again: what is missing is made first."),
    "host.taken-back": N_("Is the address that you come from among those that the firewall lets in?"),
    "host.guarded": N_("Wait until it is over, then plan again."),
    "host.no-reboot": N_("Look at its console. Once it answers, polder plan shows what is left to do."),
}
