"""The window: head, workspaces, and over them only what an operator must not miss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.gateway.frame import Frame
from backend_core.kernel.errors import CoreError
from console.bridge.core_link import Asker
from console.bridge.frame_pump import FramePump
from console.bridge.operator_action import OperatorActions
from console.bridge.screen_clock import ScreenClock
from console.bridge.shown_time import ShownLink, ShownTime
from console.features.contract import Feature, Panel, PanelContext, Workspace
from console.features.targets import Subject, Target
from console.shell import help_pages, words
from console.shell.mode import Mode, ModeKeeper
from console.shell.navigator import Navigator
from console.shell.panel_memory import PanelMemory, ScreenMemory
from console.shell.rewind import Rewind, RewindParts
from console.shell.rewind_bar import RewindBar
from console.shell.settings_page import SettingsPage
from console.shell.status_board import StatusBoard
from console.shell.window_covers import PresentOnly, WindowCovers
from console.shell.window_head import COMPACT_BELOW, WindowHead
from console.shell.workspace_bar import WorkspaceBar
from console.shell.workspace_view import PERSPECTIVES, WorkspaceParts, WorkspaceView
from ui.actions import ActionRegistry
from ui.banner import Banner
from ui.command_palette import CommandPalette
from ui.help_sheet import HelpSheet
from ui.panel_head import PanelHead
from ui.theme import Theme
from ui.toast import Notices


@dataclass(frozen=True, slots=True)
class WindowParts:
    """What the window is composed of; made by `shell.screen` and by tests. `link` and `clock` are the present's."""

    link: Asker
    pump: FramePump
    board: StatusBoard
    clock: ScreenClock
    shown: ShownTime
    theme: Theme
    memory: ScreenMemory
    features: Sequence[Feature]
    station: str = ""


class MainWindow(QWidget):
    """Composed of small widgets; everything it does is an action of `shell.window_actions`."""

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(objectName="window")
        self.setWindowTitle(f"{words.PRODUCT} {parts.station}".strip())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._parts = parts
        self.theme = parts.theme
        self.mode = ModeKeeper(self)
        self.rewind = Rewind(RewindParts(parts.link, parts.clock, parts.shown, parts.pump, self.mode, self.tell), self)
        self.actions_known = ActionRegistry(self)
        self.on_close: Callable[[], None] = lambda: None
        self.on_sound: Callable[[bool], None] = lambda is_on: None
        self._views: dict[Workspace, WorkspaceView] = {}
        self._current = Workspace.OPERATIONS
        self.bar = WorkspaceBar(parts.station, self.go_to_workspace)
        self.head = self._make_head(self.bar)
        self.banner = Banner()
        self.stack = QStackedWidget(objectName="workspaces")
        self.rewind_bar = RewindBar(parts.theme, self.rewind, parts.clock.now().astimezone().tzinfo or UTC)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.head, self.banner, self.stack, self.rewind_bar):
            layout.addWidget(widget)
        layout.setStretch(2, 1)
        self._make_overlays()
        self.operate = OperatorActions(parts.link, self.tell, self, refusal=self._why_no_orders)
        self.navigate = Navigator(
            parts.features,
            lambda: self._current,
            self.show_target,
            self.open_settings,
            self._tell_nowhere,
            self.rewind.go_to,
        )
        self._follow_board()

    # --- going places ---------------------------------------------------------------------

    @property
    def current(self) -> WorkspaceView | None:
        """The workspace in front, if it has been opened."""
        return self._views.get(self._current)

    @property
    def features(self) -> Sequence[Feature]:
        return self._parts.features

    def go_to_workspace(self, workspace: Workspace) -> WorkspaceView:
        """Bring a workspace to the front, making it when it is looked at for the first time."""
        if workspace is not self._current:
            self.navigate.left(self._current)
        view = self._open(workspace)
        view.focus_first()
        return view

    def go_back(self) -> None:
        """Escape: whatever lies over the panels goes first, then back to the workspace before."""
        if self.help.isVisible():
            self.help.hide()
        elif isinstance(self.stack.currentWidget(), SettingsPage):
            self.close_settings()
        elif (before := self.navigate.back()) is not None:
            self._open(before)

    def show_target(self, workspace: Workspace, feature_id: str, target: Target) -> None:
        self._open(workspace).reveal(feature_id, target)

    def open_feature(self, feature: Feature) -> None:
        """Open a panel from anywhere: here if it has a seat here, else where it lives."""
        seats = [placement.workspace for placement in feature.placements]
        workspace = self._current if self._current in seats else seats[0]
        self.go_to_workspace(workspace).reveal(feature.id)

    def open_settings(self, setting: str = "") -> None:
        page = self._settings_page
        self.stack.setCurrentWidget(page)
        page.open(setting)

    def close_settings(self) -> None:
        self._open(self._current)

    @cached_property
    def _settings_page(self) -> SettingsPage:
        """Made when it is first wanted: its many rows would hold up the start."""
        page = SettingsPage(self._parts.link, self._apply_display, self.close_settings)
        self.stack.addWidget(page)
        return page

    # --- what the keys act on -------------------------------------------------------------------

    def focused_panel(self) -> Panel | None:
        view, feature_id = self.current, self.focused_feature()
        return view.panel(feature_id) if view and feature_id else None

    def focused_feature(self) -> str | None:
        """Which panel has the keyboard; a detached one has it in another window."""
        view = self.current
        return view.focused_feature(QApplication.focusWidget() or self.focusWidget()) if view else None

    def subject(self) -> Subject | None:
        """The selection of the focused panel, else the most urgent alarm."""
        panel = self.focused_panel()
        if panel is not None and (chosen := panel.subject()) is not None:
            return chosen
        urgent = self._parts.board.alarms.first(1)
        return urgent[0].subject if urgent else None

    def urgent_unacknowledged(self) -> Subject | None:
        urgent = self._parts.board.alarms.first(1)
        return urgent[0].subject if urgent and urgent[0].unacknowledged else None

    def _why_no_orders(self) -> CoreError | None:
        if self._parts.board.silence:
            return CoreError(words.NO_ORDERS_NOT_LIVE, words.NO_ORDERS_NOT_LIVE_REMEDY)
        if not self.mode.allows_control:
            return CoreError(words.no_orders_in(self.mode.mode), words.NO_ORDERS_REMEDY)
        return None

    def show_help(self) -> None:
        feature_id = self.focused_feature()
        here = [f for f in self.features if any(p.workspace is self._current for p in f.placements)]
        feature = next((f for f in here if f.id == feature_id), here[0] if here else None)
        if feature is not None:
            self.help.show_page(feature.title, help_pages.page_of(feature))

    def show_page(self, title: str, name: str) -> None:
        self.help.show_page(title, help_pages.page(name))

    def show_consoles(self) -> None:
        """Who shares the record, from where, and who leads."""
        self.help.show_page(words.CONSOLES_TITLE, help_pages.page_of_consoles(self._parts.board.liveness.health))

    def show_keys(self) -> None:
        self.help.show_page(words.KEYS_TITLE, help_pages.page_of_keys(self.actions_known.entries()))

    # --- telling ----------------------------------------------------------------------------------

    def tell(self, what: str, remedy: str = "") -> None:
        """A failure, in words, until it is dismissed."""
        self.banner.say(what, remedy)

    def put_card(self, panel: object, error: Exception) -> None:
        """Called by the pump when a panel has failed three times in a row."""
        for view in self._views.values():
            if isinstance(panel, Panel):
                view.put_card(panel)

    # --- Qt -------------------------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.go_back()
            return
        super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._parts.pump.set_asleep(self.isMinimized())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.bar.set_compact(self.width() < self.theme.px(COMPACT_BELOW))

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.remember()
        for view in self._views.values():
            view.end()
        super().closeEvent(event)
        self.on_close()

    def perspectives(self) -> list[tuple[Workspace, str]]:
        """The layouts kept by name, in this run or an earlier one."""
        kept = (key.split("/", 1) for key in self._parts.memory.keys(PERSPECTIVES) if "/" in key)
        return [(Workspace(place), name) for place, name in kept if place in set(Workspace)]

    def remember(self) -> None:
        """Keep the layouts and what the panels noted; called now and then, and at the end."""
        for view in self._views.values():
            view.keep_layout()
        self._parts.memory.set("window", "workspace", self._current.value)
        self._parts.memory.save()

    # --- composing --------------------------------------------------------------------------------------

    def _make_head(self, lead: QWidget | None = None) -> WindowHead:
        parts = self._parts
        head = WindowHead(parts.theme, parts.board, self.mode, self._open_subject, lead)
        head.strip.pressed.connect(lambda sign: self.show_consoles() if sign == words.CONSOLES else None)
        return head

    def _dress_detached(self, room: QWidget, window: QWidget) -> tuple[QWidget, WindowCovers]:
        """A panel in a window of its own: strip and banner, hatch and frame, and the keys of this window."""
        head = self._make_head()
        head.addActions(self.actions())
        return head, self._make_covers(room, window)

    def _dress_panel(self, feature: Feature, panel: Panel) -> None:
        if not feature.has_past:
            PresentOnly(self.theme, self.mode, panel, feature.title)

    def _make_covers(self, room: QWidget, window: QWidget) -> WindowCovers:
        return WindowCovers(self.theme, self._parts.board, self.mode, room, window)

    def _make_overlays(self) -> None:
        parts = self._parts
        self.notices = Notices(self.stack)
        self.help = HelpSheet(parts.theme, self.stack)
        self.palette_sheet = CommandPalette(self.actions_known, parts.theme, self)
        self.covers = self._make_covers(self.stack, self)

    def _follow_board(self) -> None:
        self._parts.board.changed.connect(self._show_counts)
        self._parts.board.changed.connect(self._show_origins)
        self._parts.board.alarms_new.connect(self.rewind.count_new)
        self.rewind.changed.connect(self._mark_study)
        self.mode.changed.connect(self._show_origins)
        self._parts.pump.on_broken = self.put_card
        self._parts.pump.always(self._parts.board.show_frame)
        self._parts.pump.always(self._show_notices)

    def _show_notices(self, frame: Frame) -> None:
        for notice in frame.notices:
            self.notices.say(notice.text, "normal" if notice.tone == "info" else "high")

    def _show_origins(self) -> None:
        board = self._parts.board
        for view in self._views.values():
            view.show_origins(board.liveness, board.clock.monotonic(), is_past=self.mode.is_past)

    def _show_counts(self) -> None:
        counts = {Workspace.ALARMS: self._parts.board.alarms.unacknowledged}
        self.bar.show_counts(counts)

    def _open(self, workspace: Workspace) -> WorkspaceView:
        view = self._views.get(workspace)
        if view is None:
            parts = WorkspaceParts(
                self._parts.pump,
                self._parts.memory,
                self._make_context,
                self.theme,
                self._dress_detached,
                self._dress_panel,
            )
            view = self._views[workspace] = WorkspaceView(workspace, self.features, parts)
            self.stack.addWidget(view)
        self._current = workspace
        self.stack.setCurrentWidget(view)
        self.bar.mark(workspace)
        self._mark_study()
        return view

    def _mark_study(self) -> None:
        """The study's frame belongs to its workspace; a picture of the past is framed as such, whatever is in front."""
        if self._current is Workspace.STUDY and self.mode.mode is Mode.LIVE:
            self.mode.enter(Mode.STUDY)
        elif self._current is not Workspace.STUDY and self.mode.mode is Mode.STUDY:
            self.mode.leave()

    def _make_context(self, feature: Feature, workspace: Workspace, head: PanelHead) -> PanelContext:
        parts = self._parts
        return PanelContext(
            link=ShownLink(parts.link, parts.shown) if feature.has_past else parts.link,
            theme=parts.theme,
            head=head,
            navigate=self.navigate,
            operate=self.operate,
            actions=self.actions_known,
            notices=self.notices,
            clock=parts.shown if feature.has_past else parts.clock,
            memory=PanelMemory(parts.memory, f"{feature.id} in {workspace}"),
            mode=self.mode,
            workspace=workspace,
            screen=parts.pump.figures,
        )

    def _open_subject(self, subject: Subject) -> None:
        if subject.element is not None:
            self.navigate.to_diagram(subject.element)

    def _tell_nowhere(self, target: Target) -> None:
        self.notices.say(words.nowhere(type(target).__name__.removesuffix("Target").lower()), "high")

    def _apply_display(self, changes: dict[str, object]) -> None:
        from ui.theme import Mode as Look

        if theme := changes.get("display.theme"):
            self.theme.set_mode(Look(str(theme)))
        if zoom := changes.get("display.zoom_percent"):
            self.theme.set_zoom(float(str(zoom)) / 100)
        if "display.touch" in changes:
            self.theme.set_touch(bool(changes["display.touch"]))
        if "display.sound" in changes:
            self.on_sound(bool(changes["display.sound"]))
