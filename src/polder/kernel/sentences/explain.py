"""Sentences whose code begins with ``explain.``: an app in plain words, and the commands to do without Polder."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "explain.what": N_(
        "{app} is {name} ({upstream}, licence {licence}; recipe {recipe} {version}), run for {group}."
    ),
    "explain.where-name": N_("It answers at https://{domain}{path}"),
    "explain.certificate": N_(
        "The certificate of {domain} comes from the site's own authority; see polder trust."
    ),
    "explain.route": N_(
        "The ingress listens on ports 80 and 443, takes the name {domain} and passes the request to {service}, port 8080, "
        "over the network {network}."
    ),
    "explain.service": NP_(
        "{service}: {running} of {wanted} container healthy on {hosts}; image {image}",
        "{service}: {running} of {wanted} containers healthy on {hosts}; image {image}",
        by="wanted",
    ),
    "explain.needs": N_("Its host must have: {needs}"),
    "explain.not-there": N_("{service}: not on the engine yet; polder apply starts it."),
    "explain.limits": N_("{service} may use {memory} of memory; when a new version comes: {order}."),
    "explain.data": N_("{meaning}: the volume {volume}, on host {host}, in the folder {folder}"),
    "explain.no-data": N_("It keeps no data of its own."),
    "explain.secret": N_("{meaning}: the file secrets/{file}.age, on the engine {secret}"),
    "explain.no-secrets": N_("It uses no secrets."),
    "explain.no-way-out": N_("It cannot reach the internet: its networks are internal."),
    "explain.way-out": N_("It can reach the internet, because its recipe asks for it."),
    "explain.heading-what": N_("What it is"),
    "explain.heading-runs": N_("What runs where"),
    "explain.heading-data": N_("Which data it keeps"),
    "explain.heading-secrets": N_("Which secrets it uses"),
    "explain.heading-names": N_("Which names lead to it"),
    "explain.heading-by-hand": N_("By hand, without Polder"),
    "explain.see-containers": N_("see its containers and why they ended"),
    "explain.see-logs": N_("read what it says"),
    "explain.see-spec": N_("see exactly what the engine was asked for"),
    "explain.enter": N_("look around inside (on the host)"),
    "explain.stop": N_("stop it, keeping everything"),
    "explain.start": N_("start it again"),
    "explain.copy-data": N_("copy its data (on the host)"),
    "explain.open-secret": N_("read a secret with your own key"),
    "explain.leave": N_("leave Polder with this app"),
}

HINTS: dict[str, str] = {}
