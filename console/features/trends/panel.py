"""Trends: points picked by search, drag or from elsewhere; live samples joined to history asked for by the view."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget
from typing_extensions import override

from backend_core.gateway.frame import Frame
from backend_core.gateway.readings import PointInfo
from backend_core.history.model import History
from backend_core.kernel.errors import CoreError
from backend_core.kernel.identities import PointId
from console.features.contract import Panel, PanelContext, Workspace
from console.features.targets import Subject, Target, TrendTarget
from console.features.trends import actions, words
from console.features.trends.picker import PointPicker
from console.features.trends.plot import DAY_S, GHOST, append_run, curve_of, ghost_of, pen_of, told_gaps
from console.features.trends.state import Choice, first_points, only_points, with_points, without_point
from ui.dragging import names_in
from ui.empty_state import EmptyState
from ui.plot import Curve, Pen, TrendView

_USUAL_GAP_S = 10.0
_AROUND_S = 900.0
_GOOD_COVERAGE = 0.9
_ASK_WHILE_THIN_S, _ASK_EVERY_S = 5.0, 60.0


class TrendsPanel(Panel):
    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._zone = context.clock.now().astimezone().tzinfo or UTC
        self._infos: dict[PointId, PointInfo] = {}
        self._choice = self._remembered()
        self._fetch: asyncio.Task[None] | None = None
        self._resolutions: dict[str, float | None] = {}
        self._asked_s = float("-inf")
        self._around: datetime | None = None
        self.view = TrendView(context.theme, self._zone)
        self._picker = PointPicker(context.theme)
        self._empty = EmptyState(words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT)
        self._build()
        actions.register(self, context)
        self._spans = context.head.add_choice(list(words.SPANS), self._choose_span, chosen=self._choice.span)

    @property
    def choice(self) -> Choice:
        return self._choice

    @override
    def show_frame(self, frame: Frame) -> None:
        for point, run in frame.samples.items():
            if trace := self.view.trace(point):
                append_run(trace, run)
        now = self._now()
        self.view.move_to_now(now)
        if frame.samples:
            self.view.show_live_values(now)

    @override
    def show_snapshot(self, frame: Frame) -> None:
        now = self._now()
        for point, live in frame.values.items():
            if trace := self.view.trace(point):
                trace.append(live.ts_us / 1e6, live.value, live.quality)
        self.view.move_to_now(now)
        self.view.show_live_values(now)

    @override
    def tick(self) -> None:
        now = self._now()
        self.view.move_to_now(now)
        self.view.show_live_values(now)
        self._show_foot()
        self._ask_again()

    @override
    def panel_shown(self) -> None:
        # While hidden no samples came in: history fills what the ring has missed.
        for trace in self.view.traces:
            trace.ring.clear()
        self.view.move_to_now(self._now())
        self._context.link.start(self._load(), name="load the points")

    @override
    def panel_hidden(self) -> None:
        self._cancel_fetch()

    @override
    def time_jumped(self) -> None:
        """The curves end at the moment shown: what is known of later times is forgotten, and history asked anew."""
        for trace in self.view.traces:
            trace.ring.clear()
            trace.show_history(Curve())
        self.view.show_now_as(words.MOMENT_SHOWN if self._context.mode.is_past else words.NOW)
        self.view.move_to_now(self._now())
        self._asked_s = float("-inf")
        self._show_scope()
        self.view.ask_for_history()

    @override
    def end(self) -> None:
        self._cancel_fetch()

    @override
    def go_to(self, target: Target) -> None:
        if not isinstance(target, TrendTarget):
            return
        self._around = target.around
        self._choose(only_points(self._choice, target.points))
        if target.around is not None:
            moment = target.around.timestamp()
            self.view.show_range(moment - _AROUND_S, moment + _AROUND_S)
        else:
            self.go_live()

    @override
    def subject(self) -> Subject | None:
        if not self._choice.points:
            return None
        return Subject(title=words.TITLE, points=tuple(self._choice.points), at=self._moment())

    def show_then(self) -> None:
        """The whole console at the first cursor; without cursors the operator is told how to set one."""
        if (moment := self._moment()) is not None:
            self._context.navigate.to_past(moment)
        else:
            self._context.notices.say(words.NO_CURSOR)

    def toggle_picker(self) -> None:
        self._picker.setVisible(self._picker.isHidden())
        if not self._picker.isHidden():
            self._picker.begin()
        else:
            self.view.setFocus()

    def toggle_yesterday(self) -> None:
        self._choose(replace(self._choice, with_yesterday=not self._choice.with_yesterday))

    def go_live(self) -> None:
        self.view.go_live(words.SPANS[self._choice.span])

    def clear(self) -> None:
        self._choose(only_points(self._choice, ()))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if names_in(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self.add_points(names_in(event.mimeData()))
        event.acceptProposedAction()

    def add_points(self, points: Sequence[str]) -> None:
        if self._choice.is_full and not set(points) <= set(self._choice.points):
            self._context.notices.say(words.TOO_MANY, tone="high")
            return
        self._choose(with_points(self._choice, points))

    def _build(self) -> None:
        page = QWidget()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._picker)
        row.addWidget(page, 1)
        self._pages = QStackedLayout(page)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.view)
        self._picker.setVisible(self._context.workspace is Workspace.TRENDS)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.view)
        self._picker.toggled.connect(self._toggle_point)
        self._picker.closed.connect(self.toggle_picker)
        self.view.pen_removed.connect(lambda key: self._choose(without_point(self._choice, key.removeprefix(GHOST))))
        self.view.history_wanted.connect(self._want_history)
        self.view.following_changed.connect(lambda _: self._show_scope())
        self.view.span_changed.connect(self._show_scope)
        self.view.cursors_moved.connect(self._show_measures)
        self.view.move_to_now(self._now())
        self.view.go_live(words.SPANS[self._choice.span])

    def _remembered(self) -> Choice:
        memory = self._context.memory
        span = memory.get("span", words.FIRST_SPAN)
        points = tuple(PointId(point) for point in memory.get("points", []))
        return Choice(points, span if span in words.SPANS else words.FIRST_SPAN, bool(memory.get("yesterday", False)))

    async def _load(self) -> None:
        try:
            infos = await self._context.link.ask(lambda core: core.readings.points())
        except CoreError as error:
            self._empty.say(words.EMPTY, error.what, error.remedy)
            return
        self._infos = {info.point: info for info in infos}
        if not self._choice.points and self._context.memory.get("points", None) is None:
            self._choice = only_points(self._choice, first_points(self._infos))
        self._show_choice()

    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        memory = self._context.memory
        memory.set("points", list(choice.points))
        memory.set("span", choice.span)
        memory.set("yesterday", choice.with_yesterday)
        self._show_choice()

    def _choose_span(self, span: str) -> None:
        self._choose(replace(self._choice, span=span))
        self.go_live()

    def _toggle_point(self, point: str) -> None:
        if point in self._choice.points:
            self._choose(without_point(self._choice, point))
        else:
            self.add_points([point])

    def _show_choice(self) -> None:
        pens = [self._pen(point, number) for number, point in enumerate(self._choice.points)]
        ghosts = [ghost_of(pen) for pen in pens] if self._choice.with_yesterday else []
        self.view.show_pens([*pens, *ghosts])
        self._pages.setCurrentWidget(self.view if pens else self._empty)
        self._picker.show_points(tuple(self._infos.values()), self._choice.points)
        self._show_scope()
        self.view.ask_for_history()

    def _pen(self, point: PointId, number: int) -> Pen:
        info = self._infos.get(point) or PointInfo(point, point, "", 2, None)
        return pen_of(info, number, _USUAL_GAP_S)

    def _ask_again(self) -> None:
        """History grows behind us too: what another core wrote, or the past that a demo works out after its start."""
        covered = self.view.covered_share()
        patience_s = _ASK_WHILE_THIN_S if covered is not None and covered < _GOOD_COVERAGE else _ASK_EVERY_S
        if self.view.follows and self._context.clock.monotonic() - self._asked_s >= patience_s:
            self.view.ask_for_history()

    def _want_history(self, left: float, right: float, columns: int) -> None:
        self._asked_s = self._context.clock.monotonic()
        self._cancel_fetch()
        self._fetch = self._context.link.start(self._fetch_history(left, right, columns), name="load history")

    async def _fetch_history(self, left: float, right: float, columns: int) -> None:
        """One stretch at each side more than is seen, so that a small pan shows curves at once."""
        points, length = self._choice.points, right - left
        start, end = left - length / 2, min(right + length / 2, self._now() + 1.0)
        column_s = length / columns
        if not points or end <= start:
            return
        try:
            history = await self._ask_history(points, start, end, round((end - start) / column_s))
            self._take_history(history, column_s)
            if self._choice.with_yesterday:
                ghosts = await self._ask_history(
                    points, start - DAY_S, right - DAY_S, round((right - start) / column_s)
                )
                self._take_history(ghosts, column_s, key=GHOST, shift_s=DAY_S)
        except CoreError as error:
            self._context.head.set_freshness(f"{words.NO_HISTORY} {error.what}", tone="high")
            return
        self.view.refresh()
        self.view.show_live_values(self._now())
        self._show_measures()
        self._show_foot()

    async def _ask_history(self, points: Sequence[PointId], start: float, end: float, columns: int) -> History:
        first, last = (datetime.fromtimestamp(t, UTC) for t in (start, end))
        last = max(last, first + timedelta(milliseconds=1))
        return await self._context.link.ask(lambda core: core.readings.history(points, first, last, columns))

    def _take_history(self, history: History, column_s: float, *, key: str = "", shift_s: float = 0.0) -> None:
        told = told_gaps(history, shift_s)
        for point, past in history.points.items():
            if trace := self.view.trace(key + point):
                trace.pen = replace(trace.pen, longest_pause_s=max(trace.pen.longest_pause_s, past.gap_after_s))
                trace.show_history(curve_of(past, column_s, shift_s, told), max(column_s, past.resolution_s))
                self._resolutions[key + point] = past.resolution_s if past.is_thinned else None

    def _show_scope(self) -> None:
        if self.view.follows:
            text = words.scope(self._choice.span, is_past=self._context.mode.is_past)
        else:
            span = self.view.span
            moments = (datetime.fromtimestamp(t, UTC).astimezone(self._zone) for t in (span.left, span.right))
            start, end = (f"{moment:%d %b %H:%M:%S}" for moment in moments)
            text = words.from_to(start, end)
        self._context.head.set_scope(text)

    def _show_measures(self) -> None:
        cursors = self.view.cursors
        if len(cursors) < 2:
            self._context.head.set_freshness("")
            return
        parts = [words.difference_of_time(cursors[1] - cursors[0])]
        first = next((pen for pen in self.view.pens if not pen.is_ghost), None)
        if first and (difference := self.view.difference(first.key)) is not None:
            parts.append(words.difference_of_value(difference, first.unit, first.decimals))
        self._context.head.set_freshness("   ".join(parts))

    def _show_foot(self) -> None:
        drawn = [self._resolutions.get(pen.key) for pen in self.view.pens]
        coarsest = max((seconds for seconds in drawn if seconds is not None), default=None)
        self.view.legend.show_foot(words.foot(self.view.covered_share(), coarsest))

    def _cancel_fetch(self) -> None:
        if self._fetch is not None and not self._fetch.done():
            self._fetch.cancel()
        self._fetch = None

    def _moment(self) -> datetime | None:
        """What the first cursor stands at."""
        cursors = self.view.cursors
        return datetime.fromtimestamp(cursors[0], UTC) if cursors else None

    def _now(self) -> float:
        return self._context.clock.now().timestamp()
