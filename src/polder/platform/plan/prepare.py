"""Steps that change the site's own files and images before the engine is asked for anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from polder.kernel.engine import Seen
from polder.kernel.names import service_name
from polder.platform.ingress.authority import AUTHORITY_FILES, renewal_due, root_lasts
from polder.platform.placement.model import Placed
from polder.platform.plan.desired import Wanted, WantedImage
from polder.platform.plan.model import BuildImage, MakeAuthority, MakeSecret, Step, WriteLock
from polder.platform.plan.names import INGRESS
from polder.platform.site.model import Site

SHOWN = 10
"""Apps named in one sentence at most."""


def authority_due(site: Site, now: datetime) -> bool:
    """Whether the authority is missing, incomplete, or about to end."""
    missing = not site.internal_ca or any(file not in site.secrets for file in AUTHORITY_FILES)
    return bool(site.apps) and (missing or renewal_due(site.internal_ca, now))


def without_authority(site: Site) -> Site:
    """The site as if the files that the authority's making writes did not exist: what needs them waits for the new ones."""
    return replace(site, secrets={k: v for k, v in site.secrets.items() if k not in AUTHORITY_FILES})


def prepare_steps(
    site: Site, target: Wanted, seen: Seen, now: datetime, placed: Placed | None = None
) -> list[Step]:
    """Authority, secrets, images and lock that ``target`` needs and that do not exist yet."""
    return [
        *_authority(site, target, seen, now),
        *_secrets(site, target),
        *_images(site, target),
        *_lock(site, target),
        *(placement_steps(site, placed.lock) if placed else ()),
    ]


def _recipients(site: Site) -> tuple[str, ...]:
    return tuple(operator.recipient for operator in site.operators)


def _authority(site: Site, target: Wanted, seen: Seen, now: datetime) -> list[Step]:
    """Renewed where its root and the root's key are there; else made, and where there was another before, the plan says that
    nobody trusts the new one yet."""
    if not target.services or not authority_due(site, now):
        return []
    domains = tuple(sorted({app.domain for app in site.apps}))
    renew = "polder.ca" in site.secrets and root_lasts(site.internal_ca, now)
    replaces = not renew and _had_authority(site, seen)
    made = "step.replace-authority" if replaces else "step.make-authority"
    return [
        Step(
            key="authority",
            kind="rotate" if renew or replaces else "prepare",
            subject="polder/ingress",
            code="step.renew-authority" if renew else made,
            values={"site": site.name},
            work=MakeAuthority(site.name, domains, _recipients(site), renew),
            secrets=AUTHORITY_FILES,
            undo="no" if replaces else "yes",
        )
    ]


def _had_authority(site: Site, seen: Seen) -> bool:
    """Whether a file of an authority is left in the site, or the ingress was given one."""
    given = f"{service_name(site.slug, *INGRESS.split('/'), 'intermediate')}_"
    return (
        bool(site.internal_ca)
        or "polder.ca" in site.secrets
        or any(one.name.startswith(given) for one in seen.secrets)
    )


def _secrets(site: Site, target: Wanted) -> list[Step]:
    subjects = {secret.file: secret.subject for secret in target.secrets.values()}
    steps = []
    for file, kind in target.to_make.items():
        if file in AUTHORITY_FILES:
            continue
        steps.append(
            Step(
                key=f"make-secret:{file}",
                kind="prepare",
                subject=subjects[file],
                code="step.make-secret",
                values={"secret": file, "operators": tuple(o.name for o in site.operators)},
                work=MakeSecret(file, kind, _recipients(site)),
                secrets=(file,),
            )
        )
    return steps


def _images(site: Site, target: Wanted) -> list[Step]:
    unknown = {service.image for service in target.services.values() if service.image.startswith("image:")}
    return [_image(site, want) for key, want in target.images.items() if f"image:{key}" in unknown]


def _image(site: Site, want: WantedImage) -> Step:
    recipe = site.recipes[want.recipe]
    code = "step.build-image-with-files" if want.content else "step.build-image"
    return Step(
        key=f"image:{want.key}",
        kind="prepare",
        subject=want.subject,
        code=code,
        values={"recipe": want.recipe, "key": want.key, "folder": want.content, "version": recipe.version},
        work=BuildImage(
            want.key,
            want.recipe,
            want.content,
            want.content_at,
            site.registry,
            site.lock.images.get(want.key, ""),
        ),
    )


def placement_steps(site: Site, wanted: Mapping[str, str]) -> list[Step]:
    """Where data is goes into ``polder.lock`` before the data is made. ``wanted``: app to host."""
    if dict(site.lock.placements) == dict(wanted):
        return []
    fresh = [f"{app} ({host})" for app, host in wanted.items() if site.lock.placements.get(app) != host]
    shown = tuple(fresh[:SHOWN])
    more = len(fresh) - len(shown)
    code = (
        "step.write-placements-more" if more else "step.write-placements" if fresh else "step.drop-placements"
    )
    work = WriteLock({}, dict(wanted))
    return [Step("placements", "prepare", "site", code, {"apps": shown, "more": more}, work)]


def _lock(site: Site, target: Wanted) -> list[Step]:
    used = {want.recipe for want in target.images.values()} | {app.recipe for app in site.apps}
    now = {name: site.recipes[name].digest for name in sorted(used)}
    if all(site.lock.recipes.get(name) == digest for name, digest in now.items()):
        return []
    changed = tuple(name for name, digest in now.items() if site.lock.recipes.get(name) != digest)
    return [
        Step(
            key="lock",
            kind="prepare",
            subject="site",
            code="step.write-lock",
            values={"recipes": changed},
            work=WriteLock(now),
        )
    ]
