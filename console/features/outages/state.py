"""What this screen knows of smart switches and outages, and the rows that it makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from backend_core.kernel.identities import device_named, point_of
from backend_core.outages.model import Board, ImportPlan, Outage, SmartSwitch, Span, Standing, Verdict
from backend_core.outages.rules.timeline import cells, uptime

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame

DAY = timedelta(hours=24)
STRIP_CELLS = 240


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring cells of a strip that say the same, as parts of the strip from 0 to 1."""

    start: float
    end: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """A smart switch at one moment; what is painted is worked out when it is painted."""

    standing: Standing
    now: datetime
    window_s: float
    fresh_s: float

    @property
    def name(self) -> str:
        return self.standing.name

    @property
    def is_calm(self) -> bool:
        """Whether nothing about it asks for attention."""
        standing = self.standing
        return not standing.switch.active or (standing.verdict is Verdict.ONLINE and not standing.flapping)

    @property
    def uptime(self) -> float | None:
        return uptime(self.held_spans(), self.now - DAY, self.now)

    def held_spans(self) -> tuple[Span, ...]:
        """The stretches with the last one held until now, unless the next check is overdue."""
        spans = self.standing.spans
        if not spans or (self.now - spans[-1].ended_at).total_seconds() > self.fresh_s:
            return spans
        last = spans[-1]
        return (*spans[:-1], Span(last.verdict, last.started_at, max(last.ended_at, self.now)))

    def runs(self) -> list[Run]:
        """The strip of the window."""
        strip = cells(self.held_spans(), self.now - timedelta(seconds=self.window_s), self.now, STRIP_CELLS)
        runs: list[Run] = []
        for i, verdict in enumerate(strip):
            start, end = i / STRIP_CELLS, (i + 1) / STRIP_CELLS
            if verdict is None:
                continue
            if runs and runs[-1].verdict is verdict and runs[-1].end == start:
                runs[-1] = Run(runs[-1].start, end, verdict)
            else:
                runs.append(Run(start, end, verdict))
        return runs


@dataclass(frozen=True, slots=True)
class OutageRow:
    """An outage of the history; `longest_s` is the measure of its bar."""

    outage: Outage
    now: datetime
    longest_s: float

    @property
    def share_of_longest(self) -> float:
        return min(1.0, self.outage.duration(self.now).total_seconds() / self.longest_s) if self.longest_s else 0.0


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A line of what an import would do: what is wrong with it, or what it adds or changes."""

    place: int
    line: int
    change: str
    text: str


class OutagesState:
    """The newest board, and how far back the strips look."""

    def __init__(self, window_s: float) -> None:
        self.board: Board | None = None
        self.window_s = window_s

    def apply(self, frame: Frame) -> bool:
        """Take a frame; whether it brought anything for this screen."""
        if frame.board is None:
            return False
        self.board = frame.board
        return True

    def rows(self, now: datetime) -> list[SwitchRow]:
        """All smart switches."""
        if self.board is None:
            return []
        return [self._row(standing, now) for standing in self.board.standings]

    def restless_rows(self, now: datetime) -> list[SwitchRow]:
        """Those whose words move with the clock."""
        return [row for row in self.rows(now) if not row.is_calm]

    def outage_rows(self, now: datetime) -> list[OutageRow]:
        """The open outage and those of the past."""
        if self.board is None:
            return []
        past = [o for o in self.board.past_outages if not o.is_open]
        shown = ([self.board.open_outage] if self.board.open_outage else []) + past
        longest_s = max((o.duration(now).total_seconds() for o in shown), default=0.0)
        return [OutageRow(outage, now, longest_s) for outage in shown]

    def switch(self, name: str) -> SmartSwitch | None:
        """The smart switch of that name."""
        standings = self.board.standings if self.board is not None else ()
        return next((s.switch for s in standings if s.name == name), None)

    def _row(self, standing: Standing, now: datetime) -> SwitchRow:
        interval_s = self.board.interval_s if self.board is not None else 60.0
        return SwitchRow(standing, now, self.window_s, fresh_s=2.5 * interval_s + 10.0)


def points_of(name: str) -> tuple[str, ...]:
    """The points that a smart switch may tell, those worth a trend first."""
    device = device_named(name)
    return (point_of(device, "voltage"), point_of(device, "power"))


def preview_rows(plan: ImportPlan) -> list[PreviewRow]:
    """The findings; without any, what would be new and what would change."""
    if plan.findings:
        return [PreviewRow(i, finding.line, "", finding.text) for i, finding in enumerate(plan.findings)]
    changes = [("new", switch) for switch in plan.added] + [("changed", switch) for switch in plan.changed]
    return [PreviewRow(i, 0, change, f"{s.name} · {s.address}") for i, (change, s) in enumerate(changes)]
