"""Sentences whose code begins with ``step.``: what each step of a plan says of itself."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "step.init-swarm": N_("Make this engine a swarm of one, reachable by later hosts at {address}"),
    "step.label-host": N_("Label the engine's node as host {host}"),
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
    "step.prune-secret": N_("Remove an old value of a secret: {secret}"),
    "step.prune-config": N_("Remove an old configuration: {config}"),
}

HINTS: dict[str, str] = {
    "step.replace-authority": N_(
        "If the former one is in another copy of the site or in its history, bring back internal-ca.crt and secrets/polder.*.age."
    ),
    "step.keep-unused-data": N_(
        "If its recipe gave the volume another name: put the former name back, or the app begins without this data."
    ),
    "step.keep-data-down": N_("To destroy all data of the site: polder down --forget-data {site}"),
    "step.keep-data": N_("To destroy it: polder app remove {app} --forget-data {app}"),
}
