"""Networks, secrets and configs that the services need, made before them; and old ones pruned after them."""

from __future__ import annotations

from polder.kernel.engine import CreateConfig, CreateNetwork, CreateSecret, Seen
from polder.kernel.problem import Value
from polder.platform.plan.desired import Wanted, WantedSecret
from polder.platform.plan.model import Step
from polder.platform.site.model import Site


def network_steps(site: Site, target: Wanted, seen: Seen) -> list[Step]:
    """Create each network that is missing."""
    have = {network.name for network in seen.networks}
    return [
        Step(
            key=f"network:{name}",
            kind="create",
            subject=str(spec["Labels"]["polder.app"]),
            code="step.create-internal-network" if spec["Internal"] else "step.create-network",
            values={"network": name},
            work=CreateNetwork(name, spec),
        )
        for name, spec in target.networks.items()
        if name not in have
    ]


def secret_steps(site: Site, target: Wanted, seen: Seen) -> list[Step]:
    """Deliver each secret whose content-hash name the engine does not hold yet; whoever calls puts them after what makes them."""
    have = {secret.name for secret in seen.secrets}
    known = {stem(name) for name in have}
    return [
        _secret(site, want, stem(want.name) in known)
        for name, want in target.secrets.items()
        if name not in have
    ]


def _secret(site: Site, want: WantedSecret, rotated: bool) -> Step:
    values: dict[str, Value] = {"secret": want.file}
    return Step(
        key=f"secret:{want.name}",
        kind="rotate" if rotated else "create",
        subject=want.subject,
        code="step.rotate-secret" if rotated else "step.create-secret",
        values=values,
        work=CreateSecret(want.name, {"polder.site": site.slug, "polder.app": want.subject}, want.file),
        secrets=(want.file,),
    )


def config_steps(site: Site, target: Wanted, seen: Seen) -> list[Step]:
    """Create each config whose content-hash name the engine does not hold yet."""
    have = {config.name for config in seen.configs}
    return [
        Step(
            key=f"config:{name}",
            kind="create",
            subject=want.subject,
            code="step.create-config",
            values={"config": name},
            work=CreateConfig(name, {"polder.site": site.slug, "polder.app": want.subject}, want.content),
        )
        for name, want in target.configs.items()
        if name not in have
    ]


def stem(name: str) -> str:
    """The part of a secret's or config's name that stays the same when its content changes."""
    return name.rpartition("_")[0]
