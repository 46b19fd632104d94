"""The faceplate: one selected element in words, with what can be done about it, in a corner of the diagram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from ui.confirm import InlineConfirm
from ui.styling import restyle
from ui.theme import Theme
from ui.values import Shown

WIDTH_PX = 328
CLOSE = "Esc"
CLOSE_HELP = "Close the faceplate (Escape)."


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is, its value, and a remark such as its age."""

    name: str
    value: Shown
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A button. `question` asks before it acts."""

    word: str
    run: Callable[[], object]
    help_text: str = ""
    question: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a faceplate says at one moment; equal cards are not drawn twice."""

    title: str
    kind: str
    facts: tuple[Fact, ...] = ()
    remarks: tuple[Shown, ...] = ()


class Faceplate(QFrame):
    """Shows cards. Its lines are made once and rewritten, so that nothing jumps under the pointer."""

    closed = Signal()
    settled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._card: Card | None = None
        self._rows: list[tuple[QLabel, QLabel, QLabel]] = []
        self._remarks: list[QLabel] = []
        self._buttons: list[QPushButton] = []
        self.setProperty("role", "raised")
        self.setProperty("tone", "selected")
        self.setFixedWidth(theme.px(WIDTH_PX))
        self._title = _label("title")
        self._kind = _label("small")
        close = self._close = QPushButton(CLOSE)
        close.setProperty("tone", "quiet")
        close.setToolTip(CLOSE_HELP)
        close.setAccessibleName(CLOSE_HELP)
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._kind, 1)
        head.addWidget(close)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self._command_row = QHBoxLayout()
        self._command_row.setSpacing(8)
        self._confirm = InlineConfirm()
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addLayout(self._lines)
        column.addLayout(self._command_row)
        column.addWidget(self._confirm)
        self.hide()

    @property
    def card(self) -> Card | None:
        return self._card

    @property
    def buttons(self) -> Sequence[QPushButton]:
        return tuple(self._buttons)

    def show_card(self, card: Card) -> None:
        if card == self._card:
            return
        self._card = card
        self._title.setText(card.title)
        self._kind.setText(card.kind)
        self.setAccessibleName(f"{card.title}, {card.kind}")
        self._match_rows(len(card.facts))
        for (name, value, remark), fact in zip(self._rows, card.facts, strict=False):
            name.setText(fact.name)
            _write(value, fact.value)
            remark.setText(fact.remark)
        self._match_remarks(len(card.remarks))
        for label, shown in zip(self._remarks, card.remarks, strict=False):
            _write(label, shown)
        self._settle()

    def show_commands(self, commands: Sequence[Command]) -> None:
        """The buttons for this element; a question in the middle of being asked is withdrawn."""
        self._confirm.withdraw()
        held = next((place for place, button in enumerate(self._buttons) if button.hasFocus()), None)
        old, self._buttons = self._buttons, [self._button(command) for command in commands]
        before = self._close
        for button in self._buttons:
            self._command_row.addWidget(button)
            # Made late, they would stand behind every other panel for the Tab key.
            self.setTabOrder(before, button)
            before = button
        if held is not None and self._buttons:
            heir = self._buttons[min(held, len(self._buttons) - 1)]
            heir.show()
            heir.setFocus(Qt.FocusReason.OtherFocusReason)
        for button in old:
            button.hide()
            button.deleteLater()
        self._settle()

    def _settle(self) -> None:
        """Take the height that the wrapped lines need at this width."""
        column = self._column
        column.activate()
        width = self._theme.px(WIDTH_PX)
        self.resize(width, max(column.totalHeightForWidth(width), column.totalMinimumSize().height()))
        self.settled.emit()

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # New and shown lines learn their sizes late; only this event tells that all of them have.
        if event.type() == QEvent.Type.LayoutRequest:
            self._settle()
        return done

    def _button(self, command: Command) -> QPushButton:
        button = QPushButton(command.word)
        button.setEnabled(command.enabled)
        button.setToolTip(command.help_text)
        button.setAccessibleName(command.help_text or command.word)
        button.clicked.connect(lambda *_: self._act(command))
        return button

    def _act(self, command: Command) -> None:
        if command.question:
            self._confirm.ask(command.question, command.word, command.run, tone="danger")
            self._settle()
        else:
            command.run()

    def _match_rows(self, count: int) -> None:
        while len(self._rows) < count:
            row = len(self._rows)
            labels = (_label("secondary"), _label("value"), _label("small"))
            labels[1].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            labels[1].setFont(self._theme.font("title"))
            for column, label in enumerate(labels):
                self._grid.addWidget(label, row, column)
            self._rows.append(labels)
        for i, labels in enumerate(self._rows):
            for label in labels:
                label.setVisible(i < count)

    def _match_remarks(self, count: int) -> None:
        while len(self._remarks) < count:
            label = _label("secondary")
            label.setWordWrap(True)
            self._lines.addWidget(label)
            self._remarks.append(label)
        for i, label in enumerate(self._remarks):
            label.setVisible(i < count)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    return label


def _write(label: QLabel, shown: Shown) -> None:
    label.setText(shown.text)
    restyle(label, tone=shown.tone)
