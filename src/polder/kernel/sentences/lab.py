"""Sentences whose code begins with ``lab.``."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "lab.not-linux": N_("A lab needs Linux: its hosts are real Debian systems in containers."),
    "lab.needs-root": N_("A lab needs root: it makes networks, mounts and containers."),
    "lab.missing-programs": N_("A lab needs programs that are not on this machine: {programs}."),
    "lab.no-control-groups": N_("A lab needs control groups of version 2, which are not mounted here."),
    "lab.no-tun": N_("A lab needs /dev/net/tun, which is not on this machine."),
    "lab.too-many": N_(
        "Providers: {providers}, hosts of each: {hosts}. There can be 1 to {most_providers} providers with 1 to {most} hosts each."
    ),
    "lab.not-a-name": N_(
        "“{name}” cannot name a lab: small letters, digits and hyphens, beginning with a letter."
    ),
    "lab.unknown-suite": N_("There is no Debian suite “{name}” for labs; there are: {known}."),
    "lab.unknown-suite-near": N_("There is no Debian suite “{name}” for labs. Did you mean “{nearest}”?"),
    "lab.folder-in-use": N_("{folder} is not empty, and no lab made it."),
    "lab.exists": N_("There is a lab called “{name}” already."),
    "lab.none": N_("There is no lab on this machine."),
    "lab.which": N_("There are several labs: {known}."),
    "lab.unknown-lab": N_("There is no lab called “{name}”; there are: {known}."),
    "lab.unknown-lab-near": N_("There is no lab called “{name}”. Did you mean “{nearest}”?"),
    "lab.no-number": N_("There is room for {most} labs, and no free one."),
    "lab.unknown-host": N_("The lab has no host “{name}”; it has: {known}."),
    "lab.unknown-host-near": N_("The lab has no host “{name}”. Did you mean “{nearest}”?"),
    "lab.unknown-provider": N_("The lab has no provider “{name}”; it has: {known}."),
    "lab.unknown-provider-near": N_("The lab has no provider “{name}”. Did you mean “{nearest}”?"),
    "lab.unknown-end": N_("“{name}” is neither a host nor a provider of the lab; there are: {known}."),
    "lab.unknown-end-near": N_(
        "“{name}” is neither a host nor a provider of the lab. Did you mean “{nearest}”?"
    ),
    "lab.command-failed": N_("A command failed: {command}\n{lines}"),
    "lab.root-failed": N_("Making the hosts' Debian failed:\n{lines}"),
    "lab.waiting-for-root": N_("Somebody else is making the hosts' Debian; waiting for it ..."),
    "lab.making-root": N_("Making the hosts' Debian ({suite}), once; this takes a minute or two ..."),
    "lab.root-made": N_("The hosts' Debian ({suite}) is made ({seconds} s)."),
    "lab.making-network": N_("Lab “{name}”: network {network}, names, certificates, registries ..."),
    "lab.booting": NP_("Starting {count} host ...", "Starting {count} hosts ..."),
    "lab.up": N_("Lab “{name}” is up; its hosts answered after {seconds} s. Sites and keys: {folder}"),
    "lab.giving-up": N_("Something failed; taking away what was made of lab “{name}” ..."),
    "lab.taking-away": N_("Lab “{name}” was left behind by somebody who is gone; taking it away ..."),
    "lab.not-cut": N_("Nothing is cut between {one} and {other}."),
    "lab.same-end": N_("{name} cannot be cut off from itself."),
    "lab.not-a-delay": N_("“{delay}” is not a delay: write 100ms or 1.5s, at most 60s."),
    "lab.not-a-rate": N_("“{rate}” is not a rate: write 256kbit or 1mbit, at least 1kbit."),
    "lab.what-speed": N_("How slow? Nothing was said."),
    "lab.has-power": N_("{host} has power."),
    "lab.no-power": N_("{host} has no power."),
    "lab.is-cut": N_("No packet passes between {one} and {other} any more."),
    "lab.is-joined": N_("{one} and {other} are joined again."),
    "lab.is-slow": N_("Packets to and from {host} are slowed: {how}."),
    "lab.is-fast": N_("{host} is as fast as ever."),
    "lab.is-dark": N_("{host} lost its power."),
    "lab.is-back": N_("{host} answered {seconds} s after its power came back."),
    "lab.is-another": N_("Another, empty machine stands in the place of {host}. Its SSH host key: {key}"),
    "lab.is-back-hidden": N_("{host} has power; it is cut off from here, so nobody waited for its answer."),
    "lab.down": N_("Lab “{name}” is gone ({seconds} s)."),
}

HINTS: dict[str, str] = {
    "lab.needs-root": N_("Run it with sudo."),
    "lab.missing-programs": N_("As root: apt-get install {packages}"),
    "lab.folder-in-use": N_("Name a new folder: polder lab up FOLDER"),
    "lab.exists": N_(
        "polder lab status shows it; polder lab down takes it away; --name NAME makes another beside it."
    ),
    "lab.not-cut": N_("polder lab status shows what is cut."),
    "lab.what-speed": N_("Write --delay 100ms, --rate 1mbit, both, or --off."),
    "lab.has-power": N_("polder lab kill {host} takes it away."),
    "lab.no-power": N_("polder lab revive {host} gives it back."),
    "lab.none": N_("polder lab up makes one."),
    "lab.which": N_("Say which with --name NAME."),
    "lab.no-number": N_("polder lab down --name NAME takes one away."),
}
