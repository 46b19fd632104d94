"""A street of smart switches as a board shows it, and a panel's surroundings that remember what was asked."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from backend_core.gateway.frame import Frame
from backend_core.kernel.errors import CoreError
from backend_core.outages.model import (
    Affected,
    Board,
    Cycle,
    Outage,
    ProbeError,
    SmartSwitch,
    Span,
    Standing,
    Verdict,
)
from backend_core.outages.rules.verdict import tally
from console.bridge.operator_action import OperatorActions
from console.features.contract import PanelContext, Workspace
from tests.console.support.screen import FakeLink
from ui.actions import ActionRegistry
from ui.panel_head import PanelHead
from ui.theme import Theme

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def lit(name: str, *, active: bool = True) -> Standing:
    spans = (Span(Verdict.ONLINE, ago(120), ago(0.5)),)
    switch = SmartSwitch(name, "192.0.2.1", active)
    return Standing(switch, Verdict.ONLINE, ago(120), ago(0.5), response_ms=9.0, spans=spans)


def dark(name: str, minutes: float = 3.0) -> Standing:
    spans = (Span(Verdict.ONLINE, ago(120), ago(minutes)), Span(Verdict.OFFLINE, ago(minutes), ago(0.5)))
    switch = SmartSwitch(name, "192.0.2.2")
    return Standing(switch, Verdict.OFFLINE, ago(minutes), ago(0.5), error=ProbeError.TIMEOUT, spans=spans)


def a_board(*standings: Standing, outage: Outage | None = None, past: tuple[Outage, ...] = ()) -> Board:
    return Board(NOW, standings, outage, past, tally(standings), 0.992, cycle=Cycle(NOW, 1.0, len(standings)))


def an_outage(*names: str, minutes: float = 4.0, ended: float | None = None) -> Outage:
    taken = tuple(Affected(name, ago(minutes)) for name in names)
    return Outage(1, ago(minutes), None if ended is None else ago(ended), taken, len(names), len(names) + 1)


def a_frame(board: Board) -> Frame:
    return Frame(1, 0.0, board=board)


def at_minute(board: Board, minutes: float) -> Board:
    return replace(board, as_of=NOW + timedelta(minutes=minutes))


class Surroundings:
    """Stands in for shell and core: orders run at once against canned answers and are remembered."""

    def __init__(self, theme: Theme, workspace: Workspace) -> None:
        self.orders: list[tuple[str, Any]] = []
        self.visited: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.answer: Any = ()
        self.refusal: CoreError | None = None
        self.link = FakeLink({"outages.save": self._save, "outages.remove": self._remove})
        self.now = NOW
        self.head = PanelHead("Smart switches and outages")
        self._kept: dict[str, Any] = {}
        parts = {
            "link": self.link,
            "theme": theme,
            "head": self.head,
            "navigate": SimpleNamespace(to_events=lambda words: self.visited.append(("events", words))),
            "operate": OperatorActions(
                self.link, lambda what, remedy: self.said.append(what), refusal=lambda: self.refusal
            ),
            "actions": ActionRegistry(),
            "notices": SimpleNamespace(say=lambda text, tone="normal": self.said.append(text)),
            "clock": SimpleNamespace(now=lambda: self.now, monotonic=lambda: 0.0),
            "memory": SimpleNamespace(get=lambda key, default=None: self._kept.get(key, default), set=self._keep),
            "mode": SimpleNamespace(allows_control=True),
            "workspace": workspace,
        }
        wanted = {field.name for field in fields(PanelContext)}
        self.context = PanelContext(**{name: part for name, part in parts.items() if name in wanted})

    def end(self) -> None:
        """What the shell does when the dock closes: the menus of the title bar go with it."""
        for action in self.head.actions:
            if menu := action.menu():
                menu.deleteLater()

    def _save(self, switch: SmartSwitch, is_new: bool, seen: SmartSwitch | None) -> Any:
        assert is_new == (seen is None), "what is changed was seen before"
        self.orders.append(("save", (switch, is_new)))
        return self.answer

    def _remove(self, names: list[str]) -> Any:
        self.orders.append(("remove", list(names)))
        return self.answer

    def _keep(self, key: str, value: Any) -> None:
        self._kept[key] = value
