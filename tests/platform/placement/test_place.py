"""Where apps with data go on three hosts, and why; what stays; what is refused."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from polder.kernel.engine import Seen
from polder.kernel.host import HostSeen, Mounted
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say
from polder.platform.explain import explain
from polder.platform.placement.facts import SYSTEM_MEMORY, facts
from polder.platform.placement.model import Amount, Facts, Offer, Placed
from polder.platform.placement.place import place
from polder.platform.plan.hosts import pinned_to
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan, WriteLock
from polder.platform.plan.show import plan_data
from polder.platform.site.lock import lock_text
from polder.platform.site.model import Lock, Site
from polder.world.docker.memory import MemoryEngine
from support.sites import NOW, SITE, carry_out, group, read, ready, site_files

MIB = 2**20
HOSTS = """ada: {address: 192.0.2.1, roles: [manager, ingress], jurisdiction: EU, power: grid}
ben: {address: 192.0.2.2, jurisdiction: EU, power: solar}
cleo: {address: 192.0.2.3, jurisdiction: CH, power: solar}
"""
NAMES = ("ada", "ben", "cleo")
INGRESS = 256 + 64


def site_with(*apps: str, hosts: str = HOSTS, forget: str = "") -> Site:
    """Three hosts; ``needs=K:V`` and ``host=H`` among an app's words are keys of the app, not settings."""
    text = group(
        *(" ".join(w for w in app.split() if not w.startswith(("needs=", "host="))) for app in apps),
        forget=forget,
    )
    for app in apps:
        name, _recipe, *words = app.split()
        for word in words:
            key, _, value = word.partition("=")
            if key == "needs":
                text = text.replace(f"  {name}: {{", f"  {name}: {{needs: {{{value.replace(':', ': ')}}}, ")
            elif key == "host":
                text = text.replace(f"  {name}: {{", f"  {name}: {{host: {value}, ")
    found = ready(
        site_files(
            {"lilas": text}, **{"hosts.yml": hosts, "site.yml": SITE + "registry: registry.lilas.test\n"}
        )
    )
    images = {key: f"registry.lilas.test/polder/x@{image}" for key, image in found.lock.images.items()}
    return replace(found, lock=replace(found.lock, images=images))


def offers(**memory: int) -> Facts:
    """MiB of memory for apps by host, beyond what the ingress takes on ada; no word on disk."""
    whole = {name: (amount + INGRESS * (name == "ada")) * MIB for name, amount in memory.items()}
    return Facts({name: Offer(Amount(amount), amount) for name, amount in whole.items()})


def where(placed: Placed) -> dict[str, str | None]:
    return {app.name: app.host for app in placed.site.apps}


def why(placed: Placed) -> dict[str, str]:
    return {app.removeprefix("lilas/"): reason.code for app, reason in placed.reasons.items()}


def test_a_new_app_goes_to_the_host_with_the_most_room_and_the_next_one_sees_it_there() -> None:
    site = site_with("wiki plain size=large", "pad plain", "page bare")
    placed = place(site, offers(ada=500, ben=540, cleo=500))
    assert where(placed) == {"wiki": "ben", "pad": "ada", "page": None}
    assert why(placed) == {"wiki": "placement.most-room", "pad": "placement.most-room"}
    assert placed.lock == {"lilas/wiki": "ben", "lilas/pad": "ada"}


def test_equal_hosts_are_taken_by_name() -> None:
    assert where(place(site_with("wiki plain"), offers(ada=500, ben=500, cleo=500)))["wiki"] == "ada"


def test_what_an_app_needs_rules_hosts_out() -> None:
    site = site_with("wiki plain needs=jurisdiction:ch", "pad plain needs=power:solar")
    placed = place(site, offers(ada=900, ben=400, cleo=200))
    assert where(placed) == {"wiki": "cleo", "pad": "ben"}
    assert why(placed)["wiki"] == "placement.only"


def test_what_people_wrote_holds_even_where_there_is_no_room_and_that_is_said() -> None:
    site = site_with("wiki plain size=large host=cleo", "pad plain host=cleo")
    placed = place(site, offers(ada=900, ben=900, cleo=50))
    assert where(placed) == {"wiki": "cleo", "pad": "cleo"}
    (finding,) = placed.findings
    assert (finding.code, finding.values["host"], finding.where) == (
        "placement.overfull",
        "cleo",
        "hosts.yml:3",
    )
    assert placed.unreserved == {"lilas/wiki"}
    assert placed.lock == {}


def test_data_pins_its_app_whatever_would_be_better_now() -> None:
    site = site_with("wiki plain", "pad plain", "cal plain")
    locked = replace(site, lock=replace(site.lock, placements={"lilas/pad": "ada", "lilas/wiki": "cleo"}))
    known = replace(
        offers(ada=300, ben=900, cleo=300),
        data_at={"lilas/wiki": "ada"},
        left_at={"lilas/cal": "cleo", "lilas/pad": "ben"},
    )
    placed = place(locked, known)
    assert where(placed) == {"wiki": "ada", "pad": "ada", "cal": "cleo"}
    assert set(why(placed).values()) == {"placement.by-data"}
    assert placed.lock == {"lilas/wiki": "ada", "lilas/pad": "ada", "lilas/cal": "cleo"}


def test_data_on_a_host_without_a_needed_label_stays_and_is_said() -> None:
    placed = place(
        site_with("wiki plain needs=jurisdiction:CH"), replace(offers(ada=900), data_at={"lilas/wiki": "ada"})
    )
    assert where(placed) == {"wiki": "ada"}
    assert [f.code for f in placed.findings] == ["placement.needs-elsewhere"]


def test_data_on_a_host_that_the_site_no_longer_has_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        place(site_with("wiki plain"), replace(offers(ada=900), data_at={"lilas/wiki": "dora"}))
    (problem,) = refused.value.problems
    assert (problem.code, problem.values["host"], problem.where) == (
        "placement.host-gone",
        "dora",
        "groups/lilas.yml:4",
    )


def test_a_host_that_is_away_or_drained_takes_nothing_new() -> None:
    drained = HOSTS.replace("power: solar}\ncleo", "power: solar, drained: true}\ncleo")
    placed = place(site_with("wiki plain", hosts=drained), offers(ada=300, ben=900, cleo=800), away={"cleo"})
    assert where(placed) == {"wiki": "ada"}


def test_where_only_hosts_that_are_away_would_do_the_app_waits_and_nothing_is_written_down() -> None:
    placed = place(
        site_with("wiki plain needs=jurisdiction:CH"), offers(ada=900, ben=900, cleo=900), away={"cleo"}
    )
    assert where(placed) == {"wiki": "cleo"}
    assert why(placed) == {"wiki": "placement.waits"}
    assert placed.lock == {}


def test_where_nothing_fits_each_host_says_why_the_nearest_first() -> None:
    known = Facts(
        {
            "ada": Offer(Amount((INGRESS + 14) * MIB, 10**12)),
            "ben": Offer(Amount(900 * MIB, 100 * MIB)),
            "cleo": Offer(Amount(900 * MIB)),
        }
    )
    with pytest.raises(Refused) as refused:
        place(site_with("wiki plain size=large needs=jurisdiction:EU"), known)
    first, *rest = refused.value.problems
    assert (first.code, first.values["nearest"], first.where) == (
        "placement.nowhere",
        "ada",
        "groups/lilas.yml:4",
    )
    assert [(p.code, p.values["host"]) for p in rest] == [
        ("placement.short-of-memory", "ada"),
        ("placement.short-of-disk", "ben"),
        ("placement.other-label", "cleo"),
    ]
    assert rest[0].values["free"] == "14 MiB"


def test_an_app_may_want_no_more_cores_than_a_host_has() -> None:
    site = site_with("wiki plain")
    recipe = site.recipes["plain"]
    greedy = replace(recipe, sizes={"small": replace(recipe.sizes["small"], cpus=3)})
    known = Facts(
        {name: Offer(Amount(900 * MIB, 0, cores)) for name, cores in zip(NAMES, (2, 2, 4), strict=True)}
    )
    assert where(place(replace(site, recipes={**site.recipes, "plain": greedy}), known)) == {"wiki": "cleo"}


def test_what_runs_of_apps_without_data_takes_room_too() -> None:
    known = replace(offers(ada=800, ben=400, cleo=450), roaming={"cleo": Amount(100 * MIB)})
    assert where(place(site_with("wiki plain needs=power:solar"), known)) == {"wiki": "ben"}


def test_the_order_of_apps_and_hosts_in_the_files_changes_nothing() -> None:
    apps = [f"a{i} plain" + (" size=large" if i % 3 else "") for i in range(30)]
    known = offers(ada=1900, ben=2000, cleo=1950)
    first = where(place(site_with(*apps), known))
    random.Random(5).shuffle(apps)
    hosts = "".join(reversed(HOSTS.splitlines(keepends=True)))
    assert where(place(site_with(*apps, hosts=hosts), known)) == first


def test_placing_again_with_what_was_written_down_changes_nothing() -> None:
    site = site_with(*(f"a{i} plain" for i in range(9)))
    known = offers(ada=900, ben=700, cleo=800)
    first = place(site, known)
    again = place(
        replace(site, lock=replace(site.lock, placements=first.lock)), offers(ada=1, ben=1, cleo=9000)
    )
    assert where(again) == where(first)
    assert again.lock == first.lock


def test_no_host_is_filled_beyond_what_it_offers() -> None:
    site = site_with(*(f"a{i} plain" + (" size=large" if i % 2 else "") for i in range(20)))
    placed = place(site, offers(ada=330, ben=330, cleo=330))
    for name in NAMES:
        mine = [app for app in placed.site.apps if app.host == name]
        assert sum(64 if app.size == "large" else 32 for app in mine) <= 330


def test_where_data_was_is_remembered_until_it_is_forgotten() -> None:
    site = site_with("wiki plain", forget="gone")
    lock = replace(site.lock, placements={"lilas/gone": "ben", "lilas/old": "cleo"})
    assert place(replace(site, lock=lock), offers(ada=900)).lock == {"lilas/old": "cleo", "lilas/wiki": "ada"}


def test_one_host_needs_no_placing() -> None:
    site = read(site_files({"lilas": group("wiki plain")}))
    assert place(site, Facts()).site is site


def looks(engine: MemoryEngine, memory: Mapping[str, int]) -> Seen:
    seen = engine.look()
    nodes = tuple(replace(n, memory=memory[n.hostname] * MIB + SYSTEM_MEMORY) for n in seen.nodes)
    return replace(seen, nodes=nodes)


def planned(site: Site, engine: MemoryEngine) -> Plan:
    return make_plan(site, looks(engine, {"ada": 800 + INGRESS, "ben": 500, "cleo": 450}), NOW)


def locked(site: Site, plan: Plan) -> Site:
    found = [
        step.work
        for step in plan.steps
        if isinstance(step.work, WriteLock) and step.work.placements is not None
    ]
    return replace(site, lock=replace(site.lock, placements=found[0].placements or {})) if found else site


def test_the_plan_says_where_and_why_writes_it_down_first_and_is_empty_the_second_time() -> None:
    engine = MemoryEngine(hosts=NAMES)
    site = site_with("wiki plain", "page bare needs=power:solar")
    plan = planned(site, engine)
    start = next(step for step in plan.steps if step.key == "service:les-lilas_lilas_wiki_web")
    assert start.note and start.note.code == "placement.most-room" and start.note.values["host"] == "ada"
    assert "placements" in start.after
    told = next(step for step in plan_data(plan)["steps"] if step["key"] == start.key)
    assert told["note"].startswith("On ada: of 3 hosts")
    carry_out(plan, engine)
    site = locked(site, plan)
    assert site.lock.placements == {"lilas/wiki": "ada"}
    assert planned(site, engine).steps == ()


def said(site: Site, seen: Seen, app: str) -> list[str]:
    """What explain tells of where an app runs."""
    chapters = {c.heading: c for c in explain(site, seen, {a.name: a for a in site.apps}[app], "en")}
    return [say(line.code, line.values) for line in chapters["explain.heading-runs"].lines]


def test_explaining_an_app_says_why_it_is_where_it_is() -> None:
    engine = MemoryEngine(hosts=NAMES)
    site = site_with("wiki plain needs=jurisdiction:EU", "pad plain host=cleo", "page bare")
    assert said(site, engine.look(), "wiki")[:2] == [
        "On ben: of 2 hosts that fit it has the least promised; how much memory they have is not known.",
        "Its host must have: jurisdiction: EU",
    ]
    carry_out(planned(site, engine), engine)
    assert said(site, engine.look(), "wiki")[0] == "On ada, because its data is there."
    assert said(site, engine.look(), "pad")[0] == "On cleo, because the app's file says so."
    assert said(site, engine.look(), "page")[0].startswith("les-lilas_lilas_page_web: 1 of 1")


def test_explaining_an_app_that_fits_nowhere_says_so() -> None:
    site = site_with("wiki plain", hosts=HOSTS.replace("{address", "{capacity: {memory: 1M}, address"))
    assert said(site, MemoryEngine(hosts=NAMES).look(), "wiki")[0].startswith(
        "No host can take lilas/wiki (memory 32 MiB"
    )


def test_services_reserve_their_memory_and_those_without_data_go_where_labels_are() -> None:
    engine = MemoryEngine(hosts=NAMES)
    plan = planned(site_with("wiki plain", "page bare needs=power:solar"), engine)
    specs = {
        step.subject: step.work.spec["TaskTemplate"]
        for step in plan.steps
        if step.kind == "create" and step.wait
    }  # type: ignore[union-attr]
    assert specs["lilas/wiki"]["Resources"]["Reservations"] == {"MemoryBytes": 32 * MIB}
    assert specs["lilas/page"]["Resources"]["Reservations"] == {"MemoryBytes": 32 * MIB}
    assert specs["lilas/page"]["Placement"]["Constraints"] == ["node.labels.polder.power==solar"]
    assert "Reservations" not in specs["polder/ingress"].get("Resources", {})


def test_data_stays_where_its_service_is_even_without_the_lock() -> None:
    engine = MemoryEngine(hosts=NAMES)
    site = site_with("wiki plain host=cleo")
    carry_out(planned(site, engine), engine)
    freed = site_with("wiki plain")
    plan = planned(freed, engine)
    assert {step.key for step in plan.acting} == {"placements"}
    assert locked(freed, plan).lock.placements == {"lilas/wiki": "cleo"}
    assert pinned_to(next(s.spec for s in engine.look().services if s.name.endswith("wiki_web"))) == "cleo"


def test_what_hosts_yml_says_of_room_counts_more_than_the_machine() -> None:
    hosts = HOSTS.replace("192.0.2.3,", "192.0.2.3, capacity: {memory: 3G, disk: 50G},")
    look = HostSeen(
        "ben",
        memory=1024 * MIB,
        cpus=2,
        mounts=(Mounted("/", "vda", "ext4", 1000, 600), Mounted("/var", "vdb", "ext4", 2000, 40)),
    )
    found = facts(
        site_with("wiki plain", hosts=hosts), Seen("none"), {"ben": look, "ada": Problem("host.no-answer")}
    ).offers
    assert found["cleo"] == Offer(Amount(3 * 1024 * MIB, 50 * 1024 * MIB), 0, -1, True)
    assert found["ben"] == Offer(Amount(768 * MIB, 1800, 2), 1024 * MIB, 40, False)
    assert found["ada"] == Offer()


def test_the_lock_keeps_where_data_is_as_text_and_reads_it_again() -> None:
    text = lock_text(Lock({}, {}, {"lilas/wiki": "ada"}))
    assert text.endswith("placements:\n  lilas/wiki: ada\n")
    assert read(site_files({"lilas": group()}, **{"polder.lock": text})).lock.placements == {
        "lilas/wiki": "ada"
    }
    assert "placements" not in lock_text(Lock())
