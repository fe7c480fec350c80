"""Sentences whose code begins with ``step.``: what each step of a plan says of itself."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "step.init-swarm": N_("Make this engine a swarm of one, reachable by later hosts at {address}"),
    "step.label-host": N_("Label the engine's node as host {host}"),
    "step.join-manager": N_("Join {host} to the swarm as a manager, reachable at {address}"),
    "step.join-worker": N_("Join {host} to the swarm as a worker, reachable at {address}"),
    "step.drain-host": N_("Drain {host}: what may run elsewhere moves, and nothing new begins there"),
    "step.open-host": N_("Open {host} again: it may run apps"),
    "step.promote-host": N_("Make {host} a manager of the swarm"),
    "step.demote-host": N_("Make {host} a worker: it manages the swarm no longer"),
    "step.drain-leaving": N_("Drain {host}, which is no longer in hosts.yml"),
    "step.await-empty": N_("Wait until nothing runs on {host} any more"),
    "step.await-moved": N_(
        "Wait until nothing runs on {host} any more and what ran there is healthy on others"
    ),
    "step.await-settled": N_(
        "Wait until nothing runs on {host} any more and every app that can run without it is healthy"
    ),
    "step.leave-swarm": N_(
        "Let the machine {host} leave the swarm: its containers and the swarm's networks and keys go from it"
    ),
    "step.remove-node": N_("Take {host} ({address}) out of the swarm"),
    "step.reboot-host": N_("Reboot {host}"),
    "step.await-node": N_("Wait until {host} can run apps again"),
    "step.make-authority": N_("Make the certificate authority of {site} (encrypted to the operators)"),
    "step.replace-authority": N_(
        "Make a new certificate authority of {site}: everybody who trusts the former one must trust this one instead"
    ),
    "step.renew-authority": N_("Renew the intermediate certificate of {site}'s authority"),
    "step.make-secret": N_("Generate the secret {secret}, encrypted to {operators}"),
    "step.build-image": N_("Build the image {key} from recipe {recipe} {version}"),
    "step.build-image-with-files": N_(
        "Build the image {key} from recipe {recipe} {version} and the files in {folder}"
    ),
    "step.write-lock": N_("Write the recipes in force to polder.lock: {recipes}"),
    "step.write-placements": N_("Write to polder.lock which host keeps the data of: {apps}"),
    "step.write-placements-more": NP_(
        "Write to polder.lock which host keeps the data of: {apps}, and of {more} more app",
        "Write to polder.lock which host keeps the data of: {apps}, and of {more} more apps",
        by="more",
    ),
    "step.drop-placements": N_("Take out of polder.lock where data was that is no longer kept"),
    "step.create-internal-network": N_("Create the network {network} (no way out to the internet)"),
    "step.create-network": N_("Create the network {network}"),
    "step.create-secret": N_("Deliver the secret {secret} to the engine"),
    "step.rotate-secret": N_("Deliver the new value of the secret {secret} to the engine"),
    "step.create-config": N_("Deliver the configuration {config} to the engine"),
    "step.create-service": N_("Start {service}"),
    "step.update-service": N_("Change {service}"),
    "step.adjust-service": N_("Adjust {service} without restarting it"),
    "step.rotate-in-service": N_("Give {service} its new secrets"),
    "step.await-service": N_("Wait until {service}, started before, is healthy"),
    "step.remove-service": N_("Stop and remove {service}"),
    "step.remove-network": N_("Remove the network {network}"),
    "step.keep-data": N_("Keep the data of {app}, which is no longer in the site: volume {volume}"),
    "step.keep-data-down": N_("Keep the data of {app}: volume {volume}"),
    "step.keep-data-down-elsewhere": N_("Keep the data of {app}: volume {volume} on host {host}"),
    "step.keep-unused-data": N_("Keep the volume {volume}, which {app} no longer uses"),
    "step.keep-data-elsewhere": N_(
        "Keep the data of {app}, which is no longer in the site: volume {volume} on host {host}"
    ),
    "step.forget-data": N_("Destroy the data of {app}: volume {volume}"),
    "step.host-packages": N_("Install on host {host}: {packages}"),
    "step.host-name": N_("Name the machine {host}"),
    "step.host-account": N_("Give operator {operator} an account on host {host}, with exactly their keys"),
    "step.host-account-gone": N_("Take {operator}'s account and keys away from host {host}"),
    "step.host-sudo": N_("Let operators become root on host {host}: {operators}"),
    "step.host-entry": N_("Let exactly the operators' keys in as {user} on host {host}"),
    "step.host-ssh": N_("SSH on host {host}: keys only, today's algorithms"),
    "step.host-ssh-gone": N_("Leave the SSH settings of host {host} to its administrators"),
    "step.host-ssh-forwarding": N_("SSH on host {host}: no tunnels"),
    "step.host-ssh-forwarding-gone": N_("SSH on host {host}: tunnels are allowed again"),
    "step.host-sysctl": N_("Kernel settings of host {host}"),
    "step.host-sysctl-gone": N_(
        "Take our kernel settings away from host {host} (values stay until it starts again)"
    ),
    "step.host-journal": N_("Limit the journal of host {host}"),
    "step.host-journal-gone": N_("Take our limits of the journal away from host {host}"),
    "step.host-updates": N_("Install security updates on host {host} each day"),
    "step.host-updates-gone": N_("Leave security updates on host {host} to its administrators"),
    "step.host-time": N_("Keep the clock of host {host} right ({unit})"),
    "step.host-firewall": N_("Firewall of host {host}"),
    "step.host-firewall-gone": N_("Take our firewall away from host {host}: everything that listens is open"),
    "step.host-mesh-key": N_("Make the mesh key of host {host}, which stays there"),
    "step.host-mesh": N_("Host {host} in the mesh as {address}"),
    "step.host-mesh-gone": N_("Take host {host} out of the mesh, its key too"),
    "step.unlock-host": N_("Unlock the manager {host}"),
    "step.unlock-engine": N_("Unlock the engine's swarm"),
    "step.autolock-on": N_("Let managers that start anew wait for a key"),
    "step.autolock-off": N_("Let managers start without a key again"),
    "step.keep-unlock-key": N_("Keep the key that opens managers as the secret {secret}"),
    "step.host-registry": N_("Your own registry of images on host {host}, at {registry}"),
    "step.host-registry-stop": N_("Stop the registry on host {host}; its images stay in {folder}"),
    "step.host-docker": N_("Docker on host {host}"),
    "step.host-docker-restart": N_("Docker on host {host}, restarted: its containers end and start again"),
    "step.prune-secret": N_("Remove an old value of a secret: {secret}"),
    "step.prune-config": N_("Remove an old configuration: {config}"),
}

HINTS: dict[str, str] = {
    "step.leave-swarm": N_(
        "Volumes with data, images, accounts, firewall and mesh stay there as they are: nothing of them is deleted."
    ),
    "step.remove-node": N_(
        "The machine itself stays as it is, with the data on its disks: wipe it before you give it away."
    ),
    "step.replace-authority": N_(
        "If the former one is in another copy of the site or in its history, bring back internal-ca.crt and secrets/polder.*.age."
    ),
    "step.keep-unused-data": N_(
        "If its recipe gave the volume another name: put the former name back, or the app begins without this data."
    ),
    "step.keep-data-down": N_("To destroy all data of the site: polder down --forget-data {site}"),
    "step.keep-data": N_("To destroy it: polder app remove {app} --forget-data {app}"),
}
