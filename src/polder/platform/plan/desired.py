"""What a site asks the engine to hold: networks, secrets, configs, services, images. The half of a plan that ignores what is.

Rules: nothing here looks at the engine; every object carries ``polder.site`` and ``polder.app``; a secret's value is never
here, only the digest of its ciphertext; what is not known yet (an image not built, a secret not made) is a placeholder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from polder.kernel.digest import digest_of_bytes, short
from polder.kernel.engine import Json
from polder.kernel.names import service_name
from polder.platform.compose.interpolate import interpolate
from polder.platform.compose.model import Project, Service
from polder.platform.compose.swarm import service_spec
from polder.platform.ingress.desired import ingress_configs
from polder.platform.placement.needs import constraints
from polder.platform.plan.names import image_key, object_name, secret_file, secret_placeholder
from polder.platform.recipe.model import Recipe
from polder.platform.site.model import App, Site

HOST_LABEL = "polder.host"
INGRESS_LABEL = "polder.ingress"
MTU, MESH_MTU = "com.docker.network.driver.mtu", "1370"
"""WireGuard carries packets of 1,420 bytes, of which VXLAN takes 50. Networks made before there was a mesh keep what they have."""


@dataclass(frozen=True, slots=True)
class WantedService:
    """``needs`` are names of services that must be up before; ``files`` the secret files it reads; ``volumes`` its data."""

    name: str
    subject: str
    spec: Json
    needs: tuple[str, ...]
    image: str
    files: tuple[str, ...]
    volumes: tuple[str, ...]
    order: str
    away: int
    starts_within: int
    mode: str


@dataclass(frozen=True, slots=True)
class WantedSecret:
    """A secret on the engine: its name there (maybe with a placeholder) and the file that holds its value."""

    name: str
    file: str
    subject: str


@dataclass(frozen=True, slots=True)
class WantedConfig:
    name: str
    content: str
    subject: str


@dataclass(frozen=True, slots=True)
class WantedImage:
    """``key`` from ``recipe``, with the files of ``content`` (a folder's path in the site, or ``""``)."""

    key: str
    recipe: str
    content: str
    content_at: str
    subject: str


@dataclass(slots=True)
class Wanted:
    """Everything the site asks for, by name."""

    networks: dict[str, Json] = field(default_factory=dict)
    secrets: dict[str, WantedSecret] = field(default_factory=dict)
    configs: dict[str, WantedConfig] = field(default_factory=dict)
    services: dict[str, WantedService] = field(default_factory=dict)
    images: dict[str, WantedImage] = field(default_factory=dict)
    to_make: dict[str, str] = field(default_factory=dict)
    """Secret files that do not exist yet, and how to generate each."""


def wanted(site: Site, images_here: frozenset[str] | None = None, unreserved: Collection[str] = ()) -> Wanted:
    """What ``site`` asks for. ``images_here``: ids of the images the engine holds (``None``: unknown, trust the lock).
    ``unreserved``: apps that reserve no memory (see ``placement.place``)."""
    found = Wanted()
    apps = site.apps
    if apps:
        _Maker(site, ingress_app(site), found, images_here).add()
    for app in apps:
        _Maker(site, app, found, images_here, app.id not in unreserved).add()
    return found


def ingress_app(site: Site) -> App:
    """The ingress as an app like any other: the system recipe ``ingress`` run for ``polder``."""
    recipe = site.recipes["ingress"]
    settings = {
        name: setting.default if setting.default is not None else ""
        for name, setting in recipe.settings.items()
    }
    return App(
        "polder", "ingress", "ingress", site.domain, next(iter(recipe.sizes)), settings, None, {}, "site.yml"
    )


def variables(app: App, recipe: Recipe) -> dict[str, str]:
    """The variables a recipe's ``compose.yml`` may use."""
    found = {
        "POLDER_DOMAIN": app.domain,
        "POLDER_GROUP": app.group,
        "POLDER_APP": app.name,
        "POLDER_SIZE_MEMORY": str(recipe.sizes[app.size].memory),
    }
    for name, value in app.settings.items():
        key = "SETTING_" + name.upper().replace("-", "_")
        if isinstance(value, tuple):
            found[key] = " ".join(value)
        elif isinstance(value, bool):
            found[key] = "true" if value else "false"
        else:
            found[key] = str(value)
    return found


class _Maker:
    """Adds one app's objects to ``found``."""

    def __init__(
        self, site: Site, app: App, found: Wanted, images_here: frozenset[str] | None, reserves: bool = False
    ) -> None:
        self.site, self.app, self.found, self.images_here = site, app, found, images_here
        self.reserves = reserves and len(site.hosts) > 1
        self.recipe = site.recipes[app.recipe]
        self.project: Project = interpolate(self.recipe.project, variables(app, self.recipe))
        self.prefix = (site.slug, app.group, app.name)
        self.labels = {"polder.site": site.slug, "polder.app": app.id}
        self.configs = {**self.project.configs, **(ingress_configs(site) if self.recipe.system else {})}
        self.meshed = any(host.mesh for host in site.hosts.values())
        self.own_network = len(self.project.services) > 1 and not self.recipe.system

    def add(self) -> None:
        for secret in self.recipe.secrets.values():
            self._secret(secret.name, secret.generate)
        for name, content in self.configs.items():
            full = self._config_name(name)
            self.found.configs[full] = WantedConfig(full, content, self.app.id)
        image = self._image()
        for service in self.project.services.values():
            networks = tuple(self._networks(service))
            self._add_service(service, image, networks)

    def _secret(self, name: str, generate: str) -> None:
        file = secret_file(self.app.group, self.app.name, name)
        if file not in self.site.secrets:
            self.found.to_make[file] = generate
        full = self._secret_name(name)
        self.found.secrets[full] = WantedSecret(full, file, self.app.id)

    def _secret_name(self, name: str) -> str:
        file = secret_file(self.app.group, self.app.name, name)
        known = self.site.secrets.get(file)
        return object_name(
            *self.prefix, name, fingerprint=short(known) if known else secret_placeholder(file)
        )

    def _config_name(self, name: str) -> str:
        stem = name.replace(".", "-")
        return object_name(
            *self.prefix, stem, fingerprint=short(digest_of_bytes(self.configs[name].encode()))
        )

    def _image(self) -> str:
        image = self.recipe.image
        if image is None:
            return ""
        setting = image.content_setting
        content = self.app.content.get(setting) if setting else None
        key = image_key(self.recipe, content)
        folder = str(self.app.settings[setting]) if setting else ""
        self.found.images[key] = WantedImage(key, self.recipe.name, folder, image.content_at, self.app.id)
        known = self.site.lock.images.get(key, "")
        gone = self.images_here is not None and known.startswith("sha256:") and known not in self.images_here
        return (
            f"image:{key}"
            if not known or gone or bool(self.site.registry) == known.startswith("sha256:")
            else known
        )

    def _networks(self, service: Service) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The networks a service joins, each made wanted on the way.

        A published port needs a network that leads out: on internal ones alone Docker publishes nothing, silently. Each app has
        its own: on one that apps share, one app's names would be answered by another. No network of a recipe has an empty part.
        """
        if self.recipe.system:
            for short_name, aliases in service.networks.items():
                yield self._shared(short_name), aliases
            return
        for short_name, aliases in service.networks.items():
            internal = self.project.networks.get(short_name, True) or not self.recipe.outgoing
            full = service_name(*self.prefix, short_name)
            yield self._network(full, internal=internal), (service.name, *aliases)
        if not service.networks and self.own_network:
            yield self._network(service_name(*self.prefix), internal=True), (service.name,)
        if self.recipe.outgoing or service.ports:
            yield self._network(service_name(*self.prefix, "", "out"), internal=False), ()
        if service.name == self.recipe.front_service:
            yield self._shared("ingress"), (self.app.domain,)

    def _shared(self, name: str) -> str:
        full = service_name(self.site.slug, name)
        labels = {"polder.site": self.site.slug, "polder.app": "polder/ingress"}
        self.found.networks.setdefault(
            full, _overlay(full, internal=name == "ingress", labels=labels, meshed=self.meshed)
        )
        return full

    def _network(self, full: str, *, internal: bool) -> str:
        self.found.networks[full] = _overlay(full, internal=internal, labels=self.labels, meshed=self.meshed)
        return full

    def _add_service(
        self, service: Service, image: str, networks: tuple[tuple[str, tuple[str, ...]], ...]
    ) -> None:
        name = service_name(*self.prefix, service.name)
        if not service.limits.memory:
            size = self.recipe.sizes[self.app.size]
            service = replace(service, limits=replace(service.limits, memory=size.memory))
        if self.reserves and not service.reservations.memory:
            reserved = replace(service.reservations, memory=service.limits.memory)
            service = replace(service, reservations=reserved)
        updates = self.recipe.updates
        order = service.update_order or updates.order
        published = bool(service.ports)
        spec = service_spec(
            service,
            name=name,
            image=service.image or image,
            labels=self.labels,
            networks=networks,
            volume_name=lambda volume: service_name(*self.prefix, volume),
            volume_labels=self.labels,
            secret_name=self._secret_name,
            config_name=self._config_name,
            constraints=self._constraints(service),
            order="stop-first" if published else order,
        )
        self.found.services[name] = WantedService(
            name=name,
            subject=self.app.id,
            spec=spec,
            needs=tuple(service_name(*self.prefix, other) for other in service.depends_on),
            image=image if not service.image else "",
            files=tuple(secret_file(*self.prefix[1:], reference.source) for reference in service.secrets),
            volumes=tuple(service_name(*self.prefix, m.source) for m in service.mounts if m.kind == "volume"),
            order="stop-first" if published else order,
            away=updates.away if published or order == "stop-first" else 0,
            starts_within=updates.starts_within,
            mode=service.mode,
        )

    def _constraints(self, service: Service) -> tuple[str, ...]:
        """Where it may run: the ingress on hosts with that role; apps with data on their host; the rest where Swarm likes, among
        the hosts that have the labels they need."""
        if self.recipe.system and service.mode == "global":
            return (f"node.labels.{INGRESS_LABEL}==true",)
        keeps = any(mount.kind in ("volume", "bind") for mount in service.mounts)
        if self.app.host and (keeps or len(self.site.hosts) > 1):
            return (f"node.labels.{HOST_LABEL}=={self.app.host}",)
        return constraints(self.app.needs) if len(self.site.hosts) > 1 else ()


def _overlay(name: str, *, internal: bool, labels: Mapping[str, str], meshed: bool) -> Json:
    options = {"Options": {MTU: MESH_MTU}} if meshed else {}
    return {
        **options,
        "Name": name,
        "Driver": "overlay",
        "Internal": internal,
        "Attachable": False,
        "CheckDuplicate": True,
        "Labels": dict(labels),
    }
