"""The one module that knows QtAds: seats panels, draws their heads in the title bars, keeps and restores layouts."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import PySide6QtAds as QtAds
from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from ui.docks.screens import brought_on_screen
from ui.panel_frame import HeadBar
from ui.panel_head import PanelHead

RIGHT_SHARE = 0.375
RIGHT_LEAST_PX = 520
LEFT_SHARE = 0.22
BOTTOM_SHARE = 0.335
SIZES_SUM = 10_000


class DockArea(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM = "bottom"


class Covers(Protocol):
    """What lies over a window that floats alone."""

    def end(self) -> None: ...


class DressWindow(Protocol):
    """Called with the room of a panel and the whole of its window; returns the head to put above, and the covers."""

    def __call__(self, room: QWidget, window: QWidget, /) -> tuple[QWidget, Covers]: ...


@dataclass(frozen=True, slots=True)
class DockSeat:
    """A panel and its place in the layout the program ships with."""

    key: str
    title: str
    widget: QWidget
    head: PanelHead
    area: DockArea = DockArea.CENTER
    share: float = 1.0
    tabbed: bool = False


class _Content(QWidget):
    """What sits in a dock: the panel, and around it the dress of a window while it floats alone."""

    def __init__(self, seat: DockSeat) -> None:
        super().__init__()
        self.seat = seat
        self._widget = seat.widget
        self.window_head: QWidget | None = None
        self.covers: Covers | None = None
        self._room = QWidget()
        inside = QVBoxLayout(self._room)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(seat.widget)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._room, stretch=1)

    def dress(self, make: DressWindow) -> None:
        if self.window_head is None:
            self.window_head, self.covers = make(self._room, self)
            self._layout.insertWidget(0, self.window_head)

    def undress(self) -> None:
        if self.window_head is not None and self.covers is not None:
            self.window_head.deleteLater()
            self.covers.end()
            self.window_head = self.covers = None

    def replace(self, widget: QWidget) -> None:
        old, self._widget = self._widget, widget
        inside = self._room.layout()
        assert inside is not None
        inside.replaceWidget(old, widget)
        old.hide()
        old.deleteLater()
        widget.show()


def _configure_once() -> None:
    flag = QtAds.CDockManager.eConfigFlag
    manager = QtAds.CDockManager
    manager.setConfigFlags(manager.DefaultOpaqueConfig)
    wanted = {
        flag.ActiveTabHasCloseButton: False,
        flag.AllTabsHaveCloseButton: False,
        flag.DockAreaHasCloseButton: False,
        flag.DockAreaHasTabsMenuButton: False,
        flag.DockAreaHasUndockButton: False,
        flag.EqualSplitOnInsertion: False,
        flag.DisableTabTextEliding: True,
        flag.AlwaysShowTabs: True,
        flag.FloatingContainerHasWidgetTitle: True,
    }
    for name, on in wanted.items():
        manager.setConfigFlag(name, on)


class DockHost(QWidget):
    """One per workspace. Knows panels by key; what is in them is not its business."""

    layout_changed = Signal()

    def __init__(self, dress_window: DressWindow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _configure_once()
        self._dress_window = dress_window
        self._docks: dict[str, QtAds.CDockWidget] = {}
        self._contents: dict[str, _Content] = {}
        self._manager = QtAds.CDockManager(self)
        # The kit's one stylesheet dresses the docks; QtAds' own would win over it.
        self._manager.setStyleSheet("")
        self._manager.dockAreaCreated.connect(self._on_area)
        self._shipped: QByteArray | None = None
        self._across: QSplitter | None = None
        self._shares: list[float] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._manager)

    def lay_out(self, seats: Sequence[DockSeat]) -> None:
        """Seat every panel: columns left, middle and right, stacked by their order, and the row below them all."""
        by_area = {area: [seat for seat in seats if seat.area is area] for area in DockArea}
        columns = [
            (self._stack(by_area[area], start), by_area[area], share)
            for area, start, share in (
                (DockArea.CENTER, QtAds.CenterDockWidgetArea, 1 - RIGHT_SHARE),
                (DockArea.LEFT, QtAds.LeftDockWidgetArea, LEFT_SHARE),
                (DockArea.RIGHT, QtAds.RightDockWidgetArea, RIGHT_SHARE),
            )
            if by_area[area]
        ]
        bottom = self._row(by_area[DockArea.BOTTOM])
        for areas, column, _ in columns:
            self._share_out(areas, column)
        self._share_out(bottom, by_area[DockArea.BOTTOM])
        self._share_columns([(areas[0], share) for areas, _, share in columns], beside_bottom=bool(bottom))
        self._adopt_areas()
        self._shipped = self._manager.saveState()

    def keys(self) -> list[str]:
        return list(self._docks)

    def reveal(self, key: str) -> bool:
        """Bring a panel to the front, opening it again if it was closed."""
        dock = self._docks.get(key)
        if dock is None:
            return False
        dock.toggleView(True)
        dock.setAsCurrentTab()
        dock.raise_()
        return True

    def detach(self, key: str) -> None:
        self._docks[key].setFloating()

    def replace_content(self, key: str, widget: QWidget) -> None:
        """Put something else where a panel was, for example the card that says why it ended."""
        self._contents[key].replace(widget)

    def key_of(self, widget: QWidget | None) -> str | None:
        """Which panel this widget, or one of its parents, is."""
        while widget is not None:
            for key, content in self._contents.items():
                if widget is content:
                    return key
            widget = widget.parentWidget()
        return None

    # --- layouts ----------------------------------------------------------------------

    def save_layout(self) -> str:
        return base64.b64encode(bytes(self._manager.saveState().data())).decode("ascii")

    def restore_layout(self, saved: str) -> bool:
        """Back to a kept layout; windows that stood on a monitor that is gone come to one that is there."""
        try:
            state = QByteArray(base64.b64decode(saved, validate=True))
        except ValueError:
            return False
        self._across = None
        if not self._manager.restoreState(state):
            self.reset_layout()
            return False
        self._adopt_areas()
        self.bring_windows_on_screen()
        return True

    def reset_layout(self) -> None:
        if self._shipped is not None:
            self._manager.restoreState(self._shipped)
            self._adopt_areas()

    def bring_windows_on_screen(self) -> None:
        available = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        for window in self._manager.floatingWidgets():
            window.setGeometry(brought_on_screen(window.geometry(), available))

    def close_windows(self) -> None:
        """End the windows of detached panels, with the program."""
        for window in self._manager.floatingWidgets():
            window.hide()

    # --- how it is done ------------------------------------------------------------------

    def _make_dock(self, seat: DockSeat) -> QtAds.CDockWidget:
        dock = self._manager.createDockWidget(seat.title)
        dock.setObjectName(seat.key)
        content = _Content(seat)
        dock.setWidget(content, QtAds.CDockWidget.eInsertMode.ForceNoScrollArea)
        dock.setMinimumSizeHintMode(QtAds.CDockWidget.eMinimumSizeHintMode.MinimumSizeHintFromDockWidget)
        dock.topLevelChanged.connect(lambda floats, c=content: self._on_float(c, floats))
        self._docks[seat.key] = dock
        self._contents[seat.key] = content
        return dock

    def _stack(self, seats: Sequence[DockSeat], start: int) -> list[QtAds.CDockAreaWidget]:
        """One column, from top to bottom; a tabbed seat goes behind the one before it."""
        areas: list[QtAds.CDockAreaWidget] = []
        for seat in seats:
            dock = self._make_dock(seat)
            if not areas:
                areas.append(self._manager.addDockWidget(start, dock))
            elif seat.tabbed:
                self._manager.addDockWidget(QtAds.CenterDockWidgetArea, dock, areas[-1])
                areas[-1].setCurrentIndex(0)
            else:
                areas.append(self._manager.addDockWidget(QtAds.BottomDockWidgetArea, dock, areas[-1]))
        return areas

    def _row(self, seats: Sequence[DockSeat]) -> list[QtAds.CDockAreaWidget]:
        areas: list[QtAds.CDockAreaWidget] = []
        for seat in seats:
            dock = self._make_dock(seat)
            if not areas:
                areas.append(self._manager.addDockWidget(QtAds.BottomDockWidgetArea, dock))
            elif seat.tabbed:
                self._manager.addDockWidget(QtAds.CenterDockWidgetArea, dock, areas[-1])
                areas[-1].setCurrentIndex(0)
            else:
                areas.append(self._manager.addDockWidget(QtAds.RightDockWidgetArea, dock, areas[-1]))
        return areas

    def _share_out(self, areas: Sequence[QtAds.CDockAreaWidget], seats: Sequence[DockSeat]) -> None:
        shares = [seat.share for i, seat in enumerate(seats) if i == 0 or not seat.tabbed]
        if len(areas) > 1:
            whole = sum(shares)
            self._manager.setSplitterSizes(areas[0], [round(SIZES_SUM * share / whole) for share in shares])

    def _share_columns(self, columns: Sequence[tuple[QtAds.CDockAreaWidget, float]], *, beside_bottom: bool) -> None:
        root = self._manager.rootSplitter()
        across = root.widget(0) if beside_bottom else root
        if beside_bottom and root.count() == 2:
            root.setSizes([round(SIZES_SUM * (1 - BOTTOM_SHARE)), round(SIZES_SUM * BOTTOM_SHARE)])
        if len(columns) > 1 and isinstance(across, type(root)) and across.count() == len(columns):
            self._shares = [self._column_share(across.widget(i), columns) for i in range(len(columns))]
            # The right column is the last of them, whatever else there is.
            self._across = across if columns[-1][1] == RIGHT_SHARE else None
            across.setSizes([round(SIZES_SUM * share) for share in self._shares])

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widen_right()

    def _widen_right(self) -> None:
        """Once, when the window is first laid out: in a narrow one the tables at the right get what they need."""
        if self._across is None:
            return
        across, self._across = self._across, None
        least = min(0.5, RIGHT_LEAST_PX / max(1, self.width()))
        if least > RIGHT_SHARE:
            *others, _ = self._shares
            shares = [*others, sum(others) * least / (1 - least)]
            across.setSizes([round(SIZES_SUM * share) for share in shares])

    @staticmethod
    def _column_share(widget: QWidget, columns: Sequence[tuple[QtAds.CDockAreaWidget, float]]) -> float:
        return next((share for area, share in columns if area is widget or widget.isAncestorOf(area)), 1.0)

    def _on_float(self, content: _Content, floats: bool) -> None:
        if floats:
            content.dress(self._dress_window)
        else:
            content.undress()
        self.layout_changed.emit()

    def _on_area(self, area: QtAds.CDockAreaWidget) -> None:
        """Every title bar gets a head bar that shows the head of the panel in front."""
        title_bar = area.titleBar()
        bar = HeadBar(with_title=False)
        title_bar.insertWidget(title_bar.indexOf(title_bar.tabBar()) + 1, bar)
        area.currentChanged.connect(lambda *_: self._show_head(area, bar))
        area.viewToggled.connect(lambda *_: self._show_head(area, bar))
        # The panel that made the area necessary moves in only after this signal.
        QTimer.singleShot(0, self, self._adopt_areas)

    def _adopt_areas(self) -> None:
        for dock in self._docks.values():
            area = dock.dockAreaWidget()
            bar = area.titleBar().findChild(HeadBar) if area is not None else None
            if bar is not None:
                self._show_head(area, bar)

    def _show_head(self, area: QtAds.CDockAreaWidget, bar: HeadBar) -> None:
        dock = area.currentDockWidget()
        content = dock.widget() if dock is not None else None
        bar.show_head(content.seat.head if isinstance(content, _Content) else None)
