"""When dark smart switches are an outage: how it opens, spreads and ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from backend_core.outages.model import Affected, Outage, OutageLimits, Standing, Tally, Verdict


def is_outage(count: Tally, limits: OutageLimits) -> bool:
    """Whether the share of dark ones among the known is that of an outage."""
    return count.known >= limits.min_known and count.offline > 0 and count.offline_share >= limits.threshold


def next_outage(
    current: Outage | None,
    standings: Sequence[Standing],
    count: Tally,
    limits: OutageLimits,
    at: datetime,
    interval_s: float,
) -> Outage | None:
    """The outage after this round of checks: opened, spread, ended, unchanged, or none.

    Too few known ones decide nothing: an open outage stays open until they are heard again. Nor does it end because
    those it took can no longer be told: until they are seen to have power they count as dark.
    """
    if current is None:
        return _opened(_dark(standings), count, at, interval_s) if is_outage(count, limits) else None
    spread = _spread(current, standings, count, at)
    lost = _lost(spread, standings)
    feared = replace(count, offline=count.offline + lost, unknown=count.unknown - lost)
    if is_outage(feared, limits) or feared.known < limits.min_known <= feared.total:
        return spread
    return replace(spread, ended_at=at, offline=current.offline, known=current.known)


def _lost(outage: Outage, standings: Iterable[Standing]) -> int:
    missing = {a.name for a in outage.affected if a.returned_at is None}
    unclear = (s for s in standings if s.switch.active and not s.flapping and s.verdict is Verdict.UNKNOWN)
    return sum(s.name in missing for s in unclear)


def _dark(standings: Iterable[Standing]) -> tuple[Affected, ...]:
    return tuple(
        Affected(s.name, s.since)
        for s in standings
        if s.switch.active and not s.flapping and s.verdict is Verdict.OFFLINE and s.since is not None
    )


def _opened(dark: tuple[Affected, ...], count: Tally, at: datetime, interval_s: float) -> Outage:
    started_at = first_failure(dark, at, interval_s)
    return Outage(0, started_at, None, tuple(sorted(dark, key=lambda a: a.name)), count.offline, count.known)


def first_failure(dark: tuple[Affected, ...], at: datetime, interval_s: float) -> datetime:
    """When it began: the first failure of the last three rounds.

    A smart switch that has been dead for days is counted, but did not begin this outage.
    """
    horizon = at - timedelta(seconds=3 * interval_s)
    recent = [a.since for a in dark if a.since >= horizon]
    return min(recent, default=max((a.since for a in dark), default=at))


def _spread(current: Outage, standings: Sequence[Standing], count: Tally, at: datetime) -> Outage:
    dark = {a.name: a for a in _dark(standings)}
    online = {s.name for s in standings if s.verdict is Verdict.ONLINE and not s.flapping}
    kept = {a.name: _still(a, dark, online, at) for a in current.affected}
    joined = {name: a for name, a in dark.items() if name not in kept}
    affected = tuple(sorted((kept | joined).values(), key=lambda a: a.name))
    return replace(current, affected=affected, offline=count.offline, known=count.known)


def _still(before: Affected, dark: dict[str, Affected], online: set[str], at: datetime) -> Affected:
    if before.name in dark:
        return replace(before, returned_at=None)
    if before.name in online and before.returned_at is None:
        return replace(before, returned_at=at)
    return before
