"""A panel with its 28 px title bar: what, scope and freshness at left, the actions as words at right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from ui.panel_head import PanelHead
from ui.styling import restyle

__all__ = ["HeadBar", "PanelFrame", "PanelHead"]


MORE = "more ▾"
SCOPE_LEAST = 80


class HeadButton(QToolButton):
    """One action of a title bar, as a word and, where there is one, its key before it."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._action = action
        self.setProperty("role", "head")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(action.isCheckable())
        menu = action.menu()
        if isinstance(menu, QMenu):
            self.setMenu(menu)
            self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        else:
            self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        action = self._action
        key = action.property("keyText") or ""
        self.setText(f"{key} {action.text()}" if key else f"{action.text()} ▾" if action.menu() else action.text())
        self.setToolTip(action.toolTip())
        self.setAccessibleName(action.toolTip() or action.text())
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isChecked())


class HeadBar(QWidget):
    """Draws a `PanelHead`. In a dock the tab already says the title, so it can be left out."""

    def __init__(self, *, with_title: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head: PanelHead | None = None
        self._buttons: list[tuple[QAction, HeadButton]] = []
        self._title = QLabel(objectName="panelTitle")
        # Only ever hidden here: what is shown before it has a parent flashes up as a window of its own.
        if not with_title:
            self._title.hide()
        self._scope = QLabel(objectName="panelScope")
        self._scope.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._freshness = QLabel(objectName="panelFreshness")
        self._origin = QLabel(objectName="panelOrigin")
        # In a dock's title bar it must win against QtAds' own spacer.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHorizontalStretch(100)
        self.setSizePolicy(policy)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(8 if with_title else 0, 0, 4, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._title)
        self._layout.addSpacing(4)
        self._layout.addWidget(self._scope, stretch=1)
        self._layout.addWidget(self._freshness)
        self._layout.addSpacing(4)
        self._layout.addWidget(self._origin)
        self._folded = QMenu(self)
        self._more = QToolButton(self, text=MORE)
        self._more.setProperty("role", "head")
        self._more.setMenu(self._folded)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.hide()
        self._layout.addWidget(self._more)

    def show_head(self, head: PanelHead | None) -> None:
        if head is self._head:
            return
        if self._head is not None:
            self._head.changed.disconnect(self._redraw)
        self._head = head
        if head is not None:
            head.changed.connect(self._redraw)
        self._redraw()

    def _redraw(self) -> None:
        head = self._head
        self._title.setText(head.title if head else "")
        self._write_scope()
        self._scope.setToolTip(head.scope if head else "")
        self._freshness.setText(head.freshness if head else "")
        if head and self._freshness.property("tone") != head.freshness_tone:
            restyle(self._freshness, tone=head.freshness_tone)
        self._origin.setText(head.origin if head else "")
        if head and self._origin.property("tone") != head.origin_tone:
            restyle(self._origin, tone=head.origin_tone)
        self._match_buttons(head.actions if head else [])
        self._fold()

    def _write_scope(self) -> None:
        """As much as there is room for, and seen to be less than the whole."""
        scope = self._head.scope if self._head else ""
        self._scope.setText(
            self._scope.fontMetrics().elidedText(scope, Qt.TextElideMode.ElideRight, self._scope.width())
        )

    def _match_buttons(self, actions: list[QAction]) -> None:
        if [action for action, _ in self._buttons] == actions:
            return
        for _, button in self._buttons:
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [(action, HeadButton(action, self)) for action in actions]
        for _, button in self._buttons:
            self._layout.insertWidget(self._layout.indexOf(self._more), button)
        self._fold()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Actions that do not fit beside the words go into one menu at the end, last ones first."""
        texts = (self._title, self._freshness, self._origin)
        room = self.width() - SCOPE_LEAST - sum(label.sizeHint().width() for label in texts if not label.isHidden())
        wanted = [(action, button) for action, button in self._buttons if action.isVisible()]
        widths = [button.sizeHint().width() + self._layout.spacing() for _, button in wanted]
        fits = len(wanted)
        if sum(widths) > room:
            room -= self._more.sizeHint().width()
            fits = sum(sum(widths[: i + 1]) <= room for i in range(len(widths)))
        for i, (_, button) in enumerate(wanted):
            button.setVisible(i < fits)
        self._folded.clear()
        self._folded.addActions([action for action, _ in wanted[fits:]])
        self._more.setVisible(fits < len(wanted))
        self._layout.activate()
        self._write_scope()


class PanelFrame(QFrame):
    """A head bar above any content, for what is not in a dock: popups, faceplates, dialogs."""

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName(title)
        self.head = PanelHead(title, self)
        self.content = content
        bar = HeadBar()
        bar.setObjectName("panelHead")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.show_head(self.head)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(content, stretch=1)
