"""What ``polder network sync``, ``status`` and ``steward`` print as JSON: codes and values, no sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polder.actions.network_status import PeerStatus
    from polder.actions.network_steward import Stewarded
    from polder.actions.sync_network import Round
    from polder.actions.sync_peer import PeerNews
    from polder.commons.trust.root_steps import KeyChange
    from polder.kernel.problem import Problem


def status_data(one: PeerStatus) -> dict[str, Any]:
    held = {name: getattr(one, name) for name in one.__dataclass_fields__}
    times = {name: held[name] and f"{held[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("expires", "seen", "next")}
    keys = [key_change_data(change) for change in one.keys]
    return {
        **held,
        **times,
        "versions": dict(one.versions),
        "damage": problems_data(one.damage),
        "keys": keys,
    }


def key_change_data(one: KeyChange) -> dict[str, Any]:
    """A change of a peer's keys; ``wanted``: role to signatures before and after."""
    held = {name: getattr(one, name) for name in one.__dataclass_fields__}
    times = {name: f"{held[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("seen", "until")}
    return {**held, **times, "wanted": dict(one.wanted)}


def round_data(found: Round) -> dict[str, Any]:
    """A round for machines: codes and values, no sentences."""
    return {
        "peers": [_news_data(one) for one in found.news],
        "alarms": [one.id for one in found.alarms],
        "clock_off_by_seconds": found.clock,
        "clocks_apart_by_seconds": dict(found.apart),
        "mirrored": list(found.mirrored),
    }


def _news_data(news: PeerNews) -> dict[str, Any]:
    troubles = [
        {
            "source": one.source,
            "kind": one.kind,
            "code": one.problem.code,
            "where": one.problem.where,
            "values": dict(one.problem.values),
        }
        for one in news.troubles
    ]
    held = {name: getattr(news, name) for name in news.__dataclass_fields__ if name != "clocks"}
    return {
        **held,
        "troubles": troubles,
        "left_out": list(news.left_out),
        "renumbered": list(news.renumbered),
        "keys": [key_change_data(one) for one in news.keys],
    }


def problems_data(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [{"code": one.code, "where": one.where, "values": dict(one.values)} for one in problems]


def steward_data(done: Stewarded) -> dict[str, Any]:
    return {
        "sync": round_data(done.round) if done.round else None,
        "news": problems_data(done.news),
        "signed": list(done.signed),
        "alarms": [one.id for one in done.alarms],
        "failed": {step: problems_data(problems) for step, problems in done.failed},
    }
