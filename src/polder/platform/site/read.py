"""A site's folder to a ``Site``, or every problem in it.

Each file is read by its shape (``files``), then the files are held against each other and against the recipes (here and in
``across``). What is wrong leaves a blank behind, so that one reading finds everything. A ``Site`` that exists is valid.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping

from polder.kernel.digest import Digest, digest_of_bytes, digest_of_data
from polder.kernel.folder import Folder
from polder.kernel.names import is_slug, nearest
from polder.kernel.problem import Problems
from polder.kernel.recipient import is_ssh_recipient
from polder.kernel.shape import Record
from polder.platform.ingress.authority import is_authority
from polder.platform.placement.needs import check_needs, known_labels
from polder.platform.recipe.model import Permission, Recipe
from polder.platform.site.across import check_across
from polder.platform.site.app import read_app
from polder.platform.site.files import Kind, group_files, parse
from polder.platform.site.model import App, Capacity, Group, Host, Lock, Operator, Site

RESERVED = "polder"
"""The group of what Polder runs for itself, and the first word of its secrets' names."""

RESERVED_LABELS = frozenset(("host", "ingress", "drained", "profile"))
"""What Polder itself says of a node, with the same prefix as the host's own labels."""


def read_site(folder: Folder, recipes: Mapping[str, Recipe], broken: Collection[str] = ()) -> Site:
    """``recipes`` are all that a group may name; ``broken`` names those whose own problems are told elsewhere.

    Refuses with ``site.*`` and ``kernel.*`` problems, in the order of the files.
    """
    problems = Problems()
    site = _Reader(folder, recipes, broken, problems).site()
    check_across(site, problems)
    problems.sort()
    problems.refuse_if_any()
    return site


class _Reader:
    def __init__(
        self, folder: Folder, recipes: Mapping[str, Recipe], broken: Collection[str], problems: Problems
    ) -> None:
        self.folder, self.recipes, self.broken, self.problems = folder, recipes, broken, problems
        self.labels: tuple[str, ...] = ()
        self.offered = {name: recipe for name, recipe in recipes.items() if not recipe.system}
        for path, fault in folder.faults.items():
            in_recipe = path.startswith("recipes/") and path.count("/") > 1
            if fault.code.startswith("site.file-") and not in_recipe:
                problems.add(fault.code, path, **fault.values)

    def file(self, path: str, kind: Kind) -> Record:
        parsed = parse(self.folder.files.get(path, b""), path, kind)
        self.problems.items.extend(parsed.problems)
        return parsed.record

    def site(self) -> Site:
        if "site.yml" not in self.folder.files and "site.yml" not in self.folder.faults:
            self.problems.add("site.no-file", "site.yml")
            self.problems.refuse_if_any()
        record = self.file("site.yml", "site")
        hosts = self.hosts()
        return Site(
            slug=record["provider"],
            name=record["name"],
            languages=record["languages"] or ("en",),
            domain=record["domain"],
            contact=record["contact"],
            engine=self.engine(record, hosts),
            registry=record["registry"],
            operators=self.operators(record),
            allow=self.allow(record["policy"]["allow"]),
            keep_old=record["policy"]["keep-old"],
            autolock=record["policy"]["autolock"],
            hosts=hosts,
            groups=self.groups(hosts),
            recipes=self.recipes,
            lock=self.lock(),
            secrets=self.secrets(),
            internal_ca=self.internal_ca(),
            digest=digest_of_data([self.folder.digest, {name: r.digest for name, r in self.recipes.items()}]),
        )

    def engine(self, record: Record, hosts: Mapping[str, Host]) -> str:
        """As written; else the hosts that Polder sets up, where there are any."""
        managed = any(host.profile != "none" for host in hosts.values())
        if record["engine"] == "hosts" and not managed:
            self.problems.add("site.engine-hosts", record.where("engine"))
        written: str = record["engine"]
        return written if record.has("engine") or not managed else "hosts"

    def allow(self, record: Record) -> dict[str, frozenset[Permission]]:
        for recipe in record:
            if recipe not in self.recipes and recipe not in self.broken:
                self.unknown("site.unknown-recipe", recipe, self.recipes, record.where(recipe))
        return {recipe: frozenset(allowed) for recipe, allowed in record.items()}

    def operators(self, record: Record) -> tuple[Operator, ...]:
        """Each with the keys given for them; their recipient too, when it is an SSH key."""
        given, known = record["ssh-keys"], record["operators"]
        for name in given:
            if name not in known:
                self.unknown("site.unknown-operator", name, known, given.where(name))
        found = []
        for name, recipient in known.items():
            own = (recipient,) if is_ssh_recipient(recipient) else ()
            found.append(Operator(name, recipient, tuple(dict.fromkeys((*own, *(given.get(name) or ()))))))
        return tuple(found)

    def unknown(self, code: str, word: str, known: Mapping[str, object], where: str) -> None:
        if near := nearest(word, known):
            self.problems.add(f"{code}-near", where, name=word, nearest=near)
        else:
            self.problems.add(code, where, name=word, known=tuple(known))

    def hosts(self) -> dict[str, Host]:
        if "hosts.yml" not in self.folder.files:
            if "hosts.yml" not in self.folder.faults:
                self.problems.add("site.no-hosts", "hosts.yml")
            return {}
        before = len(self.problems)
        record = self.file("hosts.yml", "hosts")
        if len(self.problems) == before:
            self.host_roles(record)
        roles = ("manager", "ingress", "worker") if len(record) == 1 else ("worker",)
        hosts = {name: self.host(name, item, roles, record.where(name)) for name, item in record.items()}
        self.host_addresses(hosts)
        return hosts

    def host_roles(self, record: Record) -> None:
        """Somebody must manage, somebody must answer the door; a single host without roles does everything."""
        if not record:
            self.problems.add("site.no-hosts", "hosts.yml")
        said = {role for item in record.values() for role in item["roles"]}
        for role in ("manager", "ingress"):
            if role not in said and (said or len(record) > 1):
                self.problems.add("site.no-role", "hosts.yml:1", role=role)

    def host(self, name: str, record: Record, roles: tuple[str, ...], where: str) -> Host:
        address = record["address"]
        if record.has("address") and address != "local" and not _is_address(address):
            self.problems.add("site.not-an-address", record.where("address"), key="address", value=address)
        named = {key: record[key] for key in ("region", "jurisdiction", "power") if record[key]}
        labels = named | dict(record["labels"])
        for label in RESERVED_LABELS & set(record["labels"]):
            self.problems.add("site.reserved-label", record["labels"].where(label), label=label)
        if record["profile"] == "baseline" and address == "local":
            self.problems.add("site.profile-needs-address", record.where("profile"), host=name)
        if record["mesh"] and not _is_private(record["mesh"]):
            self.problems.add(
                "site.not-a-mesh-address", record.where("mesh"), key="mesh", value=record["mesh"]
            )
        capacity = record["capacity"]
        return Host(
            name,
            address,
            frozenset(record["roles"] or roles),
            labels,
            where,
            profile=record["profile"],
            user=record["user"],
            port=record["port"],
            host_key=record["host-key"],
            mesh=record["mesh"],
            ports=tuple(self.port(text, record.where("ports")) for text in record["ports"]),
            capacity=Capacity(capacity["memory"], capacity["disk"], capacity["cpus"]),
            without=dict(record["without"]),
            silence=dict(record["silence"]),
            open=not record["drained"],
        )

    def port(self, text: str, where: str) -> tuple[int, str]:
        number, _, protocol = text.partition("/")
        if int(number or 0) > 65535:
            self.problems.add("site.not-a-port", where, key="ports", value=text)
        return int(number or 0), protocol

    def host_addresses(self, hosts: Mapping[str, Host]) -> None:
        first: dict[str, str] = {}
        for host in hosts.values():
            other = first.setdefault(host.address, host.name)
            if host.address and other != host.name:
                self.problems.add(
                    "site.same-address", host.where, host=host.name, address=host.address, other=other
                )
        meshed: dict[str, str] = {}
        for host in hosts.values():
            other = meshed.setdefault(host.mesh, host.name) if host.mesh else host.name
            if other != host.name:
                self.problems.add(
                    "site.same-address", host.where, host=host.name, address=host.mesh, other=other
                )

    def groups(self, hosts: Mapping[str, Host]) -> dict[str, Group]:
        return {slug: self.group(slug, path, hosts) for slug, path in group_files(self.folder).items()}

    def group(self, slug: str, path: str, hosts: Mapping[str, Host]) -> Group:
        if not is_slug(slug):
            self.problems.add("kernel.not-a-slug", path, key="group", value=slug)
        if slug == RESERVED:
            self.problems.add("site.reserved-group", path, group=slug)
        record = self.file(path, "group")
        return Group(
            slug=slug,
            name=record["name"],
            languages=record["languages"],
            apps={
                name: self.app(slug, record["languages"] or (), name, item, record["apps"], hosts)
                for name, item in record["apps"].items()
            },
            forget_data=self.forget_data(record),
            where=f"{path}:1",
        )

    def app(
        self,
        group: str,
        languages: tuple[str, ...],
        name: str,
        record: Record,
        apps: Record,
        hosts: Mapping[str, Host],
    ) -> App:
        recipe = self.recipes.get(record["recipe"])
        if recipe is None and record.has("recipe") and record["recipe"] not in self.broken:
            self.unknown("site.unknown-recipe", record["recipe"], self.offered, record.where("recipe"))
        if record.has("host") and record["host"] not in hosts and hosts:
            self.unknown("site.unknown-host", record["host"], hosts, record.where("host"))
        host = record["host"] or (next(iter(hosts)) if len(hosts) == 1 else None)
        where = apps.where(name)
        app = read_app(group, name, record, where, recipe, host, self.folder, self.problems, languages)
        if app.needs:
            self.labels = self.labels or known_labels(hosts)
            check_needs(app, record, hosts, self.labels, self.problems)
        return app

    def forget_data(self, record: Record) -> tuple[str, ...]:
        forgotten: tuple[str, ...] = record["forget-data"]
        for index, name in enumerate(forgotten):
            where = (
                record.where("forget-data", index)
                if "forget-data" not in record.bad
                else record.where("forget-data")
            )
            if name in record["apps"]:
                self.problems.add("site.forgotten-and-wanted", where, app=name)
            elif name in forgotten[:index]:
                self.problems.add("site.forgotten-twice", where, app=name)
        return forgotten

    def lock(self) -> Lock:
        if "polder.lock" not in self.folder.files:
            return Lock()
        record = self.file("polder.lock", "lock")
        recipes, images, placed = dict(record["recipes"]), dict(record["images"]), dict(record["placements"])
        return Lock(recipes, images, placed, dict(record["adopted"]))

    def secrets(self) -> dict[str, Digest]:
        files = self.folder.files.items()
        inside = (
            (path, held) for path, held in files if path.startswith("secrets/") and path.endswith(".age")
        )
        return {path[len("secrets/") : -len(".age")]: digest_of_bytes(held) for path, held in inside}

    def internal_ca(self) -> str:
        content = self.folder.files.get("internal-ca.crt", b"")
        text = content.decode("ascii", "replace")
        if content and not is_authority(text):
            self.problems.add("site.not-a-certificate", "internal-ca.crt:1")
        return text


def _is_address(text: str) -> bool:
    """An address that one machine can have: not that of any (``0.0.0.0``), nor of many (multicast)."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not found.is_unspecified and not found.is_multicast


def _is_private(text: str) -> bool:
    """An IPv4 address of a private network (RFC 1918) or of those for carriers (RFC 6598)."""
    try:
        found = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return found.is_private or found in ipaddress.IPv4Network("100.64.0.0/10")
