"""Sentences whose code begins with ``placement.``: where apps' data goes and why, and why it cannot go elsewhere."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "placement.written": N_("On {host}, because the app's file says so."),
    "placement.by-data": N_("On {host}, because its data is there."),
    "placement.only": N_("On {host}, the only host that has what it needs, has room, and takes new work."),
    "placement.most-room": N_("On {host}: of {count} hosts that fit it has the most memory left ({free})."),
    "placement.least-promised": N_(
        "On {host}: of {count} hosts that fit it has the least promised; how much memory they have is not known."
    ),
    "placement.waits": N_("Waits for {host}: the hosts that fit take no new work now."),
    "placement.nowhere": N_(
        "No host can take {app} (memory {memory}, disk {disk}). The nearest to it is {nearest}."
    ),
    "placement.other-label": N_("{host} does not fit: {label} must be {needed} and is {found}."),
    "placement.closed": N_("{host} has room, but takes no new work now."),
    "placement.short-of-memory": N_("{host} is short of memory: {free} left, {needed} needed."),
    "placement.short-of-disk": N_("{host} is short of disk: {free} left, {needed} needed."),
    "placement.short-of-cpus": N_("{host} is short of processor cores: it has {free}, {needed} needed."),
    "placement.host-gone": N_(
        "The data of {app} is on {host}, which is not in hosts.yml. There are: {known}."
    ),
    "placement.overfull": N_(
        "{host} is promised {promised} of memory and has {offered} for apps; beyond that are: {apps}."
    ),
    "placement.needs-elsewhere": N_(
        "{app} needs {label}: {needed}, but its data is on {host} ({found}); it stays there until it is moved."
    ),
}

HINTS: dict[str, str] = {
    "placement.nowhere": N_(
        "Take a smaller size, add a host, or say in hosts.yml under “capacity” what a host has for apps. "
        "“polder capacity” shows it all."
    ),
    "placement.host-gone": N_(
        "Put the host back, or say with “host:” where the app goes: it begins empty there, unless you took its data along."
    ),
    "placement.overfull": N_(
        "Limits are seldom used up, so this may go well for a long time; to be safe, move an app or take smaller sizes."
    ),
    "placement.needs-elsewhere": N_("To move it: see “Several hosts” in the documentation."),
}
