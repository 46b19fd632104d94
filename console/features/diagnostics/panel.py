"""Diagnostics: figures above; links, queues and the doctor in the middle; sources and rejections below."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.kernel.errors import CoreError
from console.features.contract import Panel, PanelContext
from console.features.diagnostics import actions, tiles, words
from console.features.diagnostics.doctor_card import Doctor
from console.features.diagnostics.rejections_detail import RejectionsView
from console.features.diagnostics.state import DiagnosticsState, PanelLine, QueueLine, SourceLine, most_overdue
from console.features.diagnostics.table import link_columns, queue_columns, screen_columns, source_columns
from console.features.targets import DoctorTarget, Subject, Target
from ui.empty_state import EmptyState
from ui.figures import FigureStrip
from ui.table import Table

if TYPE_CHECKING:
    import asyncio

    from backend_core.gateway.frame import Frame
    from backend_core.kernel.links import LinkState

_REGISTRY_EVERY, _MANY_SOURCES, _SELDOM = 15, 500, 5
SILENT_AFTER_S = 6.0


class DiagnosticsPanel(Panel):
    """Asks the core once a second while it can be seen, and nothing otherwise."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self.state = DiagnosticsState()
        self._asking: asyncio.Task[None] | None = None
        self._seconds = 0
        self._heard_s: float | None = None
        self._point = ""
        theme = context.theme
        self._strip = FigureStrip(theme)
        self._links: Table[LinkState] = Table(
            theme,
            words.LINKS,
            link_columns(context.clock.now),
            lambda link: link.name,
            empty=EmptyState(words.NO_LINKS),
        )
        self._queues: Table[QueueLine] = Table(
            theme, words.QUEUES, queue_columns(), lambda queue: queue.name, empty=EmptyState(words.NO_QUEUES)
        )
        self._screen: Table[PanelLine] = Table(
            theme,
            words.SCREEN,
            screen_columns(),
            lambda panel: panel.name,
            order=lambda panel: panel.name,
            empty=EmptyState(words.NO_SCREEN),
        )
        self._doctor = Doctor(theme)
        self._sources: Table[SourceLine] = Table(
            theme,
            words.SOURCES,
            source_columns(context.clock.now),
            lambda source: source.device,
            order=lambda source: source.device,
            empty=EmptyState(words.NO_SOURCES, words.NO_SOURCES_WHY, words.NO_SOURCES_NEXT),
        )
        self._rejections = RejectionsView(theme)
        self._sources_title, self._rejections_title = _title(words.SOURCES), _title(words.REJECTIONS)
        self._reasons = QLabel(wordWrap=True)
        self._build()
        self._listen()
        actions.register(self, context)

    # --- what the shell calls -----------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        self.state.apply(frame)
        if frame.health is not None:
            self._heard_s = self._context.clock.monotonic()

    @override
    def show_snapshot(self, frame: Frame) -> None:
        self.show_frame(frame)
        if not self._point and (point := most_overdue(frame.values, self._context.clock.monotonic())):
            self._point = point
            self._doctor.show_point(point)
        self._show_core()
        self._ask()

    @override
    def tick(self) -> None:
        self._show_core()
        self._ask()

    @override
    def go_to(self, target: Target) -> None:
        if isinstance(target, DoctorTarget):
            if target.point:
                self.diagnose(target.point)
            else:
                self.search()

    @override
    def subject(self) -> Subject | None:
        if self._point:
            device, _, _ = self._point.rpartition(".")
            return Subject(self._point, device, (self._point,))
        device_chosen = self._sources.current_key()
        return Subject(str(device_chosen), str(device_chosen)) if device_chosen is not None else None

    @override
    def end(self) -> None:
        if self._asking is not None:
            self._asking.cancel()

    # --- what an operator can do ------------------------------------------------------------------

    def diagnose(self, point: str) -> None:
        """Walk this point's way, now and each second from here on."""
        self._point = point
        self._doctor.show_point(point)
        self._context.link.start(self._walk(point), name="look for missing data")

    def search(self) -> None:
        self._doctor.search.setFocus()
        self._doctor.search.selectAll()

    def copy_payload(self) -> None:
        if self._rejections.copy():
            self._context.notices.say(words.COPIED)

    # --- built once ----------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._context.theme.px
        for table in (self._links, self._queues, self._screen, self._sources):
            table.hide_foot()
        self._reasons.setProperty("role", "small")
        self._reasons.setContentsMargins(px(12), 0, px(12), px(4))
        self._strip.show_figures(tiles.all_figures(self.state, self._context.screen))
        system = _split(
            Qt.Orientation.Horizontal,
            (_titled(_title(words.LINKS), self._links), 36),
            (_titled(_title(words.QUEUES), self._queues), 33),
            (_titled(_title(words.SCREEN), self._screen), 31),
        )
        left = _split(Qt.Orientation.Vertical, (system, 40), (_titled(self._sources_title, self._sources), 60))
        right = _split(
            Qt.Orientation.Vertical,
            (_titled(_title(words.DOCTOR), self._doctor), 48),
            (_titled(self._rejections_title, self._reasons, self._rejections), 52),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, px(4), 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._strip)
        layout.addWidget(_split(Qt.Orientation.Horizontal, (left, 50), (right, 50)), stretch=1)
        self.setFocusProxy(self._doctor.search)

    def _listen(self) -> None:
        self._doctor.asked.connect(self.diagnose)
        self._doctor.searched.connect(lambda text: self._context.link.start(self._offer(text), name="search points"))
        self._sources.activated.connect(self._diagnose_device)
        self._rejections.on_copy(self.copy_payload)

    # --- asking ------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """One question at a time: a core that answers slowly is not asked more."""
        if self._asking is None or self._asking.done():
            self._asking = self._context.link.start(self._refresh(), name="refresh diagnostics")

    async def _refresh(self) -> None:
        seconds, self._seconds = self._seconds, self._seconds + 1
        try:
            if seconds % _REGISTRY_EVERY == 0:
                await actions.read_registry(self._context, self.state)
            if len(self.state.sources) < _MANY_SOURCES or seconds % _SELDOM == 0:
                await actions.read_scoreboard(self._context, self.state)
                self._show_scoreboard()
            if self._point:
                await self._walk(self._point)
        except CoreError:
            # The head says since when there was no sign of life; the next second asks again.
            self._show_head()

    async def _walk(self, point: str) -> None:
        findings = await actions.walk(self._context, point)
        if point == self._point:
            self._doctor.show_walk(point, findings)

    async def _offer(self, text: str) -> None:
        self._doctor.offer(await actions.find_points(self._context, text) if text else [])

    def _diagnose_device(self, device: Hashable) -> None:
        self._context.link.start(self._walk_device(str(device)), name="look for missing data")

    async def _walk_device(self, device: str) -> None:
        """Any of its points will do: its first."""
        points = [p for p in await actions.find_points(self._context, device) if p.startswith(f"{device}.")]
        self.diagnose(points[0] if points else f"{device}.online")

    # --- showing -----------------------------------------------------------------------------------------

    def _show_core(self) -> None:
        state, screen = self.state, self._context.screen
        self._strip.show_figures(tiles.all_figures(state, screen))
        if state.health is not None:
            self._links.reset_rows(state.health.links.values())
            self._queues.reset_rows(state.queues())
            total = sum(state.health.rejected.values())
            self._rejections_title.setText(words.rejections(total))
            self._reasons.setText(words.by_reason(state.health.rejected))
            self._reasons.setVisible(total > 0)
        if screen is not None:
            self._screen.reset_rows([PanelLine(name, ms) for name, ms in screen.by_panel_ms.items()])
        self._show_head()

    def _show_scoreboard(self) -> None:
        state = self.state
        self._sources.reset_rows(state.sources.values())
        self._sources_title.setText(words.sources(state.heard(), len(state.sources)))
        self._rejections.show_rejections(state.rejections)

    def _show_head(self) -> None:
        head, health = self._context.head, self.state.health
        if health is None or self._heard_s is None:
            head.set_freshness(words.NOT_YET)
            return
        age_s = self._context.clock.monotonic() - self._heard_s
        head.set_scope(words.scope(health.role, health.epoch, health.consoles))
        head.set_freshness(words.freshness(age_s), "high" if age_s >= SILENT_AFTER_S else "secondary")


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "title")
    label.setContentsMargins(12, 8, 12, 4)
    return label


def _titled(*parts: QWidget) -> QWidget:
    """The parts below one another, the last one with the room that is left."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for part in parts:
        layout.addWidget(part)
    layout.setStretch(len(parts) - 1, 1)
    return holder


def _split(orientation: Qt.Orientation, *parts: tuple[QWidget, int]) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    for i, (part, share) in enumerate(parts):
        splitter.addWidget(part)
        splitter.setStretchFactor(i, share)
        # Only the stretch shall share the room, not what the parts would like at first.
        part.setMinimumSize(1, 1)
    splitter.setSizes([share * 10 for _, share in parts])
    return splitter
