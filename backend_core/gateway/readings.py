"""What a console may ask about values: the newest, the past, and which points there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend_core.gaps.rules import missing_share
from backend_core.gaps.service import GapService
from backend_core.grid.model import ExpectedPoint
from backend_core.history.model import History
from backend_core.history.service import HistoryService
from backend_core.kernel.identities import PointId, split_point
from backend_core.telemetry.model import DeviceKind, LiveValue
from backend_core.telemetry.quantities import quantity_of
from backend_core.telemetry.service import TelemetryService

WORST_MATCHES = 500


@dataclass(frozen=True, slots=True)
class PointInfo:
    """What is known of a point beside its value; limits are those of the network file, nothing where it has none."""

    point: PointId
    title: str
    unit: str
    decimals: int
    kind: DeviceKind | None
    low_low: float | None = None
    low: float | None = None
    high: float | None = None
    high_high: float | None = None

    @property
    def device(self) -> str:
        return split_point(self.point)[0]


_DECIMALS = {"V": 1, "pu": 3, "A": 1, "Hz": 3, "%": 1, "°C": 1, "°": 1, "": 2}


class ReadingDesk:
    """Values now and before."""

    def __init__(
        self,
        telemetry: TelemetryService,
        history: HistoryService,
        gaps: GapService,
        expected: Callable[[], Iterable[ExpectedPoint]],
    ) -> None:
        self._telemetry = telemetry
        self._history = history
        self._gaps = gaps
        self._expected = expected

    async def history(self, points: Sequence[PointId], start: datetime, end: datetime, columns: int) -> History:
        """Readings from `start` up to but without `end`, thinned to no more than a screen of `columns` can show.

        A point covers no more of the span than the gaps leave, however closely its readings stand.
        """
        found = await self._history.span(points, start, end, columns)
        gaps = await self._gaps.within(start, end)
        if not gaps:
            return found
        at_most = 1.0 - missing_share(gaps, start, end)
        covered = {p: replace(past, coverage=min(past.coverage, at_most)) for p, past in found.points.items()}
        return replace(found, points=covered, gaps=tuple(gaps))

    async def latest(self, points: Sequence[PointId]) -> dict[PointId, LiveValue]:
        """The newest value of each point that has one."""
        values = self._telemetry.live.values
        return {point: values[point] for point in points if point in values}

    async def points(self) -> tuple[PointInfo, ...]:
        """Every point that the network promises or that was ever heard, by name."""
        found = {info.point: info for info in map(_from_network, self._expected())}
        for point in self._telemetry.live.values:
            if point not in found:
                found[point] = self._heard(point)
        return tuple(found[point] for point in sorted(found))

    async def search_points(self, text: str, at_most: int = WORST_MATCHES) -> tuple[PointInfo, ...]:
        """The points whose name or title holds every word of the text."""
        words = text.lower().split()
        every = await self.points()
        hits = [info for info in every if all(word in f"{info.point} {info.title}".lower() for word in words)]
        return tuple(hits[:at_most])

    def _heard(self, point: PointId) -> PointInfo:
        device, name = split_point(point)
        kind = self._telemetry.kinds.get(device)
        unit = quantity_of(kind, name).unit if kind is not None else ""
        return PointInfo(point, f"{device} {name.replace('_', ' ')}", unit, _DECIMALS.get(unit, 1), kind)


def _from_network(expected: ExpectedPoint) -> PointInfo:
    limits = expected.limits
    return PointInfo(
        expected.point_id,
        expected.title,
        expected.unit,
        expected.decimals,
        None,
        limits.low_low,
        limits.low,
        limits.high,
        limits.high_high,
    )
