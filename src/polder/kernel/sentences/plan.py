"""Sentences whose code begins with ``plan.``: what planning and applying find, refuse and report."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "plan.locked": N_("The swarm is locked: what else there is to do shows once a manager is open."),
    "plan.no-unlock-key": N_(
        "{host} is locked, and the site does not hold the key (secrets/polder.unlock-key.age)."
    ),
    "plan.all-drained": N_("Every host is drained: no app can run anywhere."),
    "plan.port-taken": N_("Port {port} is published already on this engine by {service} (site: {other})."),
    "plan.no-node": N_("Host {host} ({address}) is not a node of this swarm."),
    "plan.removes-everything": N_(
        "THIS REMOVES EVERY APP of {site} ({count}: {apps}): no file in groups/ names an app any more."
    ),
    "plan.removes-everything-no-groups": N_(
        "THIS REMOVES EVERY APP of {site} ({count}: {apps}): there is no file in groups/, or no such folder."
    ),
    "plan.everything-unsaid": N_("Removing every app of {site} has to be said in so many words."),
    "plan.other-site": N_(
        "The engine holds the site {other} (volumes: {volumes}) and nothing of {site} yet: this plan begins with empty apps beside it."
    ),
    "plan.host-away": N_("Host {host} is {state}."),
    "plan.host-closed": N_("Host {host} was closed by hand: it starts nothing new."),
    "plan.host-drained": N_("Host {host} is drained, as hosts.yml says: it runs nothing."),
    "plan.not-joined": N_("Host {host} is not in the swarm yet."),
    "plan.other-swarm": N_("Host {host} is in a swarm that is not this site's: it is left as it is."),
    "plan.reboot-needed": N_("Host {host} waits for a reboot (a new kernel or library is installed)."),
    "plan.manager-silent": N_(
        "The manager {host} does not show itself, and no other one knows of a swarm: none is begun, lest there be two."
    ),
    "plan.swarm-unasked": N_(
        "Host {host} is in a swarm, but none of its managers could be asked: nothing is changed there."
    ),
    "plan.docker-silent": N_(
        "Docker on host {host} runs and does not answer: nothing is changed in the swarm."
    ),
    "plan.no-manager": N_("No host that answers is to be a manager: there is nobody to make the swarm."),
    "plan.quorum": NP_(
        "{host} cannot stop being a manager: {heard} of {managers} managers answers, and the swarm would lose its majority.",
        "{host} cannot stop being a manager: {heard} of {managers} managers answer, and the swarm would lose its majority.",
        by="heard",
    ),
    "plan.reboot-quorum": NP_(
        "{host} cannot be rebooted now: {heard} of {managers} managers answers, and {needed} must stay while it is away.",
        "{host} cannot be rebooted now: {heard} of {managers} managers answer, and {needed} must stay while it is away.",
        by="heard",
    ),
    "plan.last-manager": N_("{host} is the swarm's only manager; another one must be there before it goes."),
    "plan.only-copy": N_(
        "{host} cannot leave: {app} keeps its only data there ({volumes}) and has no other host."
    ),
    "plan.not-empty": N_("Something still runs on {host} after {seconds} seconds."),
    "plan.not-ready": N_("The swarm does not call {host} ready after {seconds} seconds."),
    "plan.moving": N_("{healthy} of {all} healthy; waiting for: {services}"),
    "plan.not-moved": N_(
        "{services}: not healthy on another host {seconds} seconds after {host} was drained. Reason: {error}"
    ),
    "plan.still-a-member": N_(
        "{host} ({address}) cannot be asked to leave the swarm ({why}): it believes to be a member still and may start its containers."
    ),
    "plan.still-a-member-locked": N_(
        "{host} is locked, and no lock is forced: it cannot leave the swarm, and still believes to be a member."
    ),
    "plan.still-a-member-stopped": N_(
        "Docker does not run on {host}: it cannot leave the swarm, and still believes to be a member."
    ),
    "plan.may-let-in": N_(
        "{host} does not show itself: it may still have the account and keys of {operators}, who may not come in any more."
    ),
    "plan.not-running": N_("{app} is not running: {service} has no healthy container."),
    "plan.down-with-host": N_("{app} is not running: it belongs on host {host}, which can run nothing now."),
    "plan.waits-for-host": N_(
        "What has to change in {service} waits until its host {host} can run it again; it is not in this plan."
    ),
    "plan.data-stays": N_(
        "{app} moves from host {old} to host {new}, but its data ({volumes}) stays on {old}: it would begin empty."
    ),
    "plan.data-elsewhere": N_(
        "What {what} may have kept on {hosts} can be neither seen nor destroyed from here."
    ),
    "plan.changed-since": N_(
        "The site or the engine changed since this plan was shown ({before} is now {after})."
    ),
    "plan.not-that-plan": N_("The plan is now {found}, not {wanted}."),
    "plan.rolled-back": N_(
        "{app}: the new {service} did not become healthy; the former one was put back. Reason: {error}"
    ),
    "plan.never-healthy": N_("{app}: {service} keeps failing and was taken back. Reason: {error}"),
    "plan.too-slow": N_(
        "{app}: {service} was not healthy within {seconds} seconds and was taken back. Reason: {error}"
    ),
    "plan.unreachable": N_("No answer from {what}: {why}. What became of this step is not known."),
    "plan.secret-not-made": N_("The secret {secret} has no file yet; somebody must give it."),
    "plan.no-operators": N_(
        "site.yml names no operators, so nobody could read the secrets that have to be made."
    ),
}

HINTS: dict[str, str] = {
    "plan.all-drained": N_("Let at least one run apps again: polder host drain NAME --undo"),
    "plan.locked": N_("Apply this plan, then plan again."),
    "plan.no-unlock-key": N_(
        "Look for the file in the site's history; or, on a manager that is open: docker swarm unlock-key"
    ),
    "plan.port-taken": N_(
        "One engine holds one site. Take the other down first (polder down in its folder), or use another engine."
    ),
    "plan.removes-everything": N_("If that is what you want: polder apply --remove-everything {site}"),
    "plan.removes-everything-no-groups": N_(
        "Was it left behind when the site was copied? If it is what you want: polder apply --remove-everything {site}"
    ),
    "plan.everything-unsaid": N_(
        "Nothing was done. If that is what you want: polder apply --remove-everything {site}"
    ),
    "plan.other-site": N_(
        "If “provider” was changed in site.yml: put “{other}” back, or take the data along first."
    ),
    "plan.no-node": N_(
        "Join it to the swarm, or correct its address in hosts.yml; `docker node ls` shows the nodes."
    ),
    "plan.host-drained": N_("To open it again: polder host drain {host} --undo"),
    "plan.not-joined": N_("polder plan looks at it over SSH and says what is missing."),
    "plan.other-swarm": N_("If it is to join this one, there by hand: docker swarm leave"),
    "plan.reboot-needed": N_("One host after another, drained first: polder host apply --reboot"),
    "plan.manager-silent": N_("Mend the way to it, or take it out of hosts.yml: polder host remove {host}"),
    "plan.swarm-unasked": N_("Plan again when a manager answers."),
    "plan.docker-silent": N_(
        "A swarm that lost its leader needs some seconds to choose another: plan again. If it stays so: journalctl -u docker on {host}"
    ),
    "plan.no-manager": N_("Give a host the role manager in hosts.yml."),
    "plan.quorum": N_(
        "Bring the other managers back first, or make another host a manager; put {host} back until then."
    ),
    "plan.reboot-quorum": N_(
        "Bring the other managers back first. With two managers neither can be spared: three can spare one."
    ),
    "plan.last-manager": N_("Make another host a manager, apply, and then take {host} out."),
    "plan.only-copy": N_(
        "Put {host} back into hosts.yml, take the data along (see “Several hosts” in the documentation), and then take it out."
    ),
    "plan.not-empty": N_("Look at: docker node ps {host}"),
    "plan.not-ready": N_("Look at Docker on it: journalctl -u docker"),
    "plan.not-moved": N_(
        "{host} stays drained and in the swarm. Look at: docker service ps --no-trunc {service}. Once it is healthy, polder apply goes on."
    ),
    "plan.still-a-member": N_(
        "If it comes back, there first of all: docker swarm leave --force. Data on its disks stays; the other hosts no longer let it in."
    ),
    "plan.still-a-member-locked": N_(
        "There, by hand: docker swarm leave --force. Or put it back into hosts.yml, apply (which unlocks it), and take it out then."
    ),
    "plan.still-a-member-stopped": N_(
        "There, by hand: systemctl start docker && docker swarm leave --force. Data on its disks stays."
    ),
    "plan.may-let-in": N_(
        "When it shows itself again, polder apply takes them away. If that cannot wait, cut it off where it stands (power, network)."
    ),
    "plan.host-closed": N_("To open it again: docker node update --availability active {node}"),
    "plan.down-with-host": N_("It starts again by itself when the host is back."),
    "plan.data-stays": N_(
        "Put “host: {old}” back, or take the data along first: see “Several hosts” in the documentation."
    ),
    "plan.data-elsewhere": N_("There, by hand: docker volume ls {filters}, and docker volume rm."),
    "plan.not-running": N_("Look at: docker service ps --no-trunc {service}"),
    "plan.changed-since": N_("Nothing was done. Look at the new plan: polder plan"),
    "plan.not-that-plan": N_("Nothing was done. Look at the new plan: polder plan"),
    "plan.unreachable": N_("When the engine answers again, run polder apply: it completes what is left."),
    "plan.secret-not-made": N_("Give it with: polder secret set {secret}"),
    "plan.no-operators": N_("Make a key with `polder key new`, then: polder operator add NAME age1..."),
}
