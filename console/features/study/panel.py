"""The what-if study: a start from the live state, changes to it, and the result beside the start."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.kernel.errors import CoreError
from backend_core.simulation.model import StudyResult
from console.bridge.heard import Heard
from console.features.contract import Panel, PanelContext
from console.features.study import actions, words
from console.features.study.form import ChangeForm, ResultCard, StartCard, heading
from console.features.study.state import StudyState
from console.features.study.table import element_columns, figure_columns, violation_columns
from console.features.targets import OverlayTarget, StudyTarget, Subject, Target
from ui.banner import Banner
from ui.empty_state import EmptyState
from ui.progress import ProgressLine
from ui.table import RowChanges, Table
from ui.values import format_age

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame

_LISTEN_MS = 100
_OLD_START_S = 300.0
_LEAST_VIOLATIONS = 4


class StudyPanel(Panel):
    """Everything here is another world: nothing it does reaches the live grid."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._state = StudyState()
        self._heard = Heard()
        self._task: asyncio.Task[None] | None = None
        self._wish: StudyTarget | None = None
        self._overlay: OverlayTarget | None = None
        theme = context.theme
        self._start = StartCard(self.take_start)
        self._elements = Table(
            theme,
            words.ELEMENTS,
            element_columns(),
            lambda row: row.id,
            order=lambda row: row.place,
            empty=EmptyState(words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT),
        )
        self._form = ChangeForm(theme)
        self._progress = ProgressLine()
        self._banner = Banner()
        self._result = ResultCard()
        self._figures = Table(
            theme, words.FIGURES, figure_columns(), lambda row: row.place, order=lambda row: row.place
        )
        self._violations = Table(
            theme,
            words.VIOLATIONS,
            violation_columns(self._state.name_of),
            lambda violation: (violation.kind, violation.element),
            empty=EmptyState(words.NO_VIOLATIONS, words.NO_VIOLATIONS_WHY),
        )
        self._listen = QTimer(self, interval=_LISTEN_MS)
        self._build()
        self._connect()
        actions.register(self, context)
        self._show_changes()

    # --- what the shell calls -----------------------------------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        """Live goes on elsewhere; a study stands still, unless its network is no longer the one in charge."""
        if "network" in frame.reload:
            self.take_start()

    @override
    def tick(self) -> None:
        start = self._state.start
        if start is None:
            return
        age_s = (self._context.clock.now() - start.taken_at).total_seconds()
        tone = "high" if age_s > _OLD_START_S else "secondary"
        self._context.head.set_freshness(words.freshness(start.taken_at, format_age(age_s)), tone)

    @override
    def panel_shown(self) -> None:
        if self._state.start is None:
            self.take_start()
        else:
            self._context.link.start(self._follow_network(), name=words.ACTION_START)
        self._lay_overlay()

    @override
    def time_jumped(self) -> None:
        """A start belongs to its time: the next study begins with how the grid stands in the time shown."""
        if self._state.start is not None:
            self.take_start()

    @override
    def go_to(self, target: Target) -> None:
        if isinstance(target, StudyTarget):
            self._wish = target
            self._take_wish()

    @override
    def subject(self) -> Subject | None:
        element = self._elements.current_key()
        return None if element is None else Subject(self._state.name_of(str(element)), element=str(element))

    @override
    def end(self) -> None:
        self.cancel()
        self._listen.stop()

    # --- what an operator can do --------------------------------------------------------------------------------------

    def take_start(self) -> None:
        self._context.link.start(self._take_start(), name=words.ACTION_START)

    def run(self) -> None:
        if self._state.start is None or self.is_busy:
            return
        self._heard = Heard()
        self._progress.begin(words.RUNNING, self.cancel)
        self._listen.start()
        self._show_changes(running=True)
        self._task = actions.start_solving(self, self._context)

    def cancel(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()

    def undo(self) -> None:
        self._state.undo()
        self._show_changes()

    def clear(self) -> None:
        self._state.clear()
        self._show_changes()

    # --- the study itself ---------------------------------------------------------------------------------------------

    async def solve(self) -> None:
        request = self._state.request()
        assert request is not None
        try:
            result = await actions.solve(self._context, request, self._heard)
        except CoreError as error:
            self._banner.say(error.what, error.remedy, action=words.RUN_AGAIN, run=self.run)
        except asyncio.CancelledError:
            self._banner.say(words.CANCELLED, tone="selected", action=words.RUN_AGAIN, run=self.run)
            raise
        else:
            self._show_result(result)
        finally:
            self._listen.stop()
            self._progress.end()
            self._show_changes(running=False)

    async def _follow_network(self) -> None:
        """While nobody looked, another network may have been chosen."""
        start, network = self._state.start, await self._context.link.ask(lambda core: core.grid.network())
        if start is not None and start.network != network.name:
            self.take_start()

    async def _take_start(self) -> None:
        try:
            network, start = await actions.read_start(self._context)
        except CoreError as error:
            self._banner.say(error.what, error.remedy, action=words.TAKE_AGAIN, run=self.take_start)
            return
        self._banner.clear()
        self._state.take_start(network, start)
        self._start.show_start(start, self._state.name_of)
        self._context.head.set_scope(words.scope(network.title))
        self._elements.reset_rows(self._state.rows())
        self._hide_result()
        self._take_wish()
        self._show_changes()
        self.tick()
        # The start itself is solved at once: the worker is warm, and an operator sees what stands broken already.
        self.run()

    # --- inside -------------------------------------------------------------------------------------------------------

    @property
    @override
    def is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def _build(self) -> None:
        self._figures.hide_foot()
        self._violations.hide_foot()
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.addWidget(self._column(heading(words.CHANGES), self._elements, self._form, self._progress))
        self._violations.setMinimumHeight(self._height_of(_LEAST_VIOLATIONS))
        self._outcome = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._outcome.setWidget(self._column(self._result, self._figures, self._violations))
        self._parts.addWidget(self._outcome)
        self._parts.setStretchFactor(0, 45)
        self._parts.setStretchFactor(1, 55)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._banner)
        layout.addWidget(self._start)
        layout.addWidget(self._parts, stretch=1)
        self._outcome.hide()
        self.setFocusProxy(self._elements)

    def _connect(self) -> None:
        self._elements.activated.connect(self._toggle)
        self._elements.current_changed.connect(self._show_chosen)
        self._violations.activated.connect(lambda key: self._context.navigate.to_diagram(key[1]))
        form = self._form
        form.run_wanted.connect(self.run)
        form.undo_wanted.connect(self.undo)
        form.clear_wanted.connect(self.clear)
        form.change_wanted.connect(lambda: self._toggle(self._elements.current_key()))
        form.all_scaled.connect(self._scale_all)
        form.one_scaled.connect(self._scale_one)
        self._listen.timeout.connect(lambda: self._progress.show_share(self._heard.share, self._heard.text))

    @staticmethod
    def _column(*parts: QWidget) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in parts:
            layout.addWidget(part, stretch=1000 if isinstance(part, Table) else 0)
        layout.addStretch(1)
        return holder

    def _toggle(self, element: Hashable | None) -> None:
        if element is None:
            return
        if self._state.toggle(str(element)):
            self._show_changes()
        elif self._state.is_load(str(element)):
            self._form.edit_load()

    def _scale_all(self, percent: float) -> None:
        self._state.scale_all(percent)
        self._show_changes()

    def _scale_one(self, percent: float) -> None:
        element = self._elements.current_key()
        if element is not None and self._state.is_load(str(element)):
            self._state.scale_load(str(element), percent)
            self._show_changes()

    def _take_wish(self) -> None:
        """Another panel's question waits until there is a start."""
        if self._wish is not None and self._state.start is not None:
            wish, self._wish = self._wish, None
            self._state.take_wish(wish.opened, wish.closed)
            self._show_changes()

    def _show_changes(self, *, running: bool | None = None) -> None:
        state = self._state
        self._elements.apply(RowChanges(state.rows()))
        self._form.show_steps(state.steps(), can_undo=state.can_undo)
        self._form.show_scale(100.0 * state.changes.load_scale)
        busy = self.is_busy if running is None else running
        self._form.set_busy(busy or state.start is None)
        self._result.show_outdated(state.is_outdated)
        self._show_chosen(self._elements.current_key())

    def _show_chosen(self, element: Hashable | None) -> None:
        state, name = self._state, "" if element is None else str(element)
        share = state.changes.load_scales.get(name, 1.0)
        self._form.show_chosen(state.name_of(name) if state.is_load(name) else "", 100.0 * share)
        self._form.allow_change(bool(name) and not state.is_load(name))

    def _show_result(self, result: StudyResult) -> None:
        self._state.result = result
        self._banner.clear()
        if self._outcome.isHidden():
            self._outcome.show()
            self._parts.setSizes([self._parts.height() // 2] * 2)
        self._result.show_verdict(self._state.verdict())
        figures = self._state.figures()
        self._figures.reset_rows(figures)
        self._figures.setVisible(bool(figures))
        self._figures.setFixedHeight(
            self._figures.sizeHint().height() if not figures else self._height_of(len(figures))
        )
        self._violations.setVisible(result.summary_after is not None)
        self._violations.reset_rows(self._state.violations())
        self._overlay = self._make_overlay(result)
        self._lay_overlay()

    def _hide_result(self) -> None:
        self._outcome.hide()
        self._overlay = OverlayTarget()
        self._lay_overlay()

    def _height_of(self, rows: int) -> int:
        return (rows + 1) * self._context.theme.row_height + self._context.theme.px(12)

    def _make_overlay(self, result: StudyResult) -> OverlayTarget:
        steps = words.listed(self._state.steps()) or words.NO_CHANGE
        if result.summary_after is None:
            steps = words.unsolved(steps)
        title = words.overlay(steps, result.request.start.taken_at)
        positions = {switch: int(position) for switch, position in self._state.positions_studied().items()}
        values = {str(point): value for point, value in self._state.values_moved().items()}
        return OverlayTarget(title, values, positions, result.dead, self._state.broken())

    def _lay_overlay(self) -> None:
        """Only while this workspace is in front: an overlay must never reach the live diagram of another one."""
        if self._overlay is None or not self.isVisible():
            return
        overlay, self._overlay = self._overlay, None
        focused = self.focusWidget() if self.isAncestorOf(self.focusWidget() or self) else None
        self._context.navigate.go(overlay)
        if focused is not None:
            focused.setFocus()
