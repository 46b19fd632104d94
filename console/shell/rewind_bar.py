"""The bar of the rewind: the moment shown, a slider over the record, a field to type a time, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout

from console.shell import words
from console.shell.rewind import SPEEDS, Rewind
from console.shell.typed_time import read_time
from ui.styling import restyle
from ui.theme import Theme
from ui.time_ruler import RulerMark, RulerSpan, TimeRuler

FIELD_WIDTH = 168
FIRST_SPAN = "8 h"
COLUMNS_EVERY_PX = 8


class RewindBar(QFrame):
    """Hidden in the present. Every control has a word and a name to be read aloud; their keys are the window's."""

    def __init__(self, theme: Theme, rewind: Rewind, zone: tzinfo) -> None:
        super().__init__(objectName="rewindBar")
        self.setAccessibleName(words.REWIND_BAR)
        self._theme = theme
        self._rewind = rewind
        self._zone = zone
        self._asked: tuple[float, float] | None = None
        self._title = QLabel(objectName="rewindMoment")
        self._state = QLabel()
        self._state.setProperty("tone", "secondary")
        self._news = QLabel()
        self.back = QPushButton(words.BACK_TO_LIVE)
        self.back.setProperty("tone", "primary")
        self.play = QPushButton(words.PLAY)
        self.speed = QComboBox()
        self.span = QComboBox()
        self.ruler = TimeRuler(theme, words.SLIDER, words.NOTHING_RECORDED, zone)
        self.field = QLineEdit(placeholderText=words.TIME_HINT)
        self.trouble = QLabel()
        self._build()
        self._listen()
        self.refresh()

    def _build(self) -> None:
        px = self._theme.px
        across, below = QHBoxLayout(), QHBoxLayout()
        for row in (across, below):
            row.setSpacing(px(4))
        restyle(self.trouble, tone="high")
        self.trouble.setTextFormat(Qt.TextFormat.PlainText)
        self.field.setFixedWidth(px(FIELD_WIDTH))
        across.addWidget(self._title)
        across.addSpacing(px(12))
        for label in (self._state, self.trouble):
            # A long sentence takes a second line; it never makes the window wider than its screen.
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            across.addWidget(label, stretch=1)
        for widget in (self._news, self.field, self._button(words.SHOW_TIME, self._show_typed), self.back):
            across.addWidget(widget)
        for text, name, run in self._steps():
            below.addWidget(self._button(text, run, name))
        below.insertWidget(3, self.play)
        below.insertWidget(4, self.speed)
        below.addWidget(self.ruler, stretch=1)
        below.addWidget(self.span)
        self._name_controls()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(6), px(12), px(6))
        layout.setSpacing(px(4))
        layout.addLayout(across)
        layout.addLayout(below)

    def _steps(self) -> tuple[tuple[str, str, Callable[[], object]], ...]:
        rewind = self._rewind
        return (
            (words.TO_ALARM_BEFORE, words.TO_ALARM_BEFORE_NAME, lambda: rewind.to_alarm(backwards=True)),
            (words.BACK_MINUTE, words.BACK_MINUTE_NAME, lambda: rewind.step(-60)),
            (words.BACK_SECOND, words.BACK_SECOND_NAME, lambda: rewind.step(-1)),
            (words.ON_SECOND, words.ON_SECOND_NAME, lambda: rewind.step(1)),
            (words.ON_MINUTE, words.ON_MINUTE_NAME, lambda: rewind.step(60)),
            (words.TO_ALARM_AFTER, words.TO_ALARM_AFTER_NAME, lambda: rewind.to_alarm(backwards=False)),
        )

    def _button(self, text: str, run: Callable[[], object], name: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setProperty("room", "narrow")
        button.setAccessibleName(name or text)
        button.setToolTip(name or text)
        button.clicked.connect(lambda *_: run())
        return button

    def _name_controls(self) -> None:
        for speed in SPEEDS:
            self.speed.addItem(words.speed(speed), speed)
        for label, hours in words.RULER_SPANS.items():
            self.span.addItem(label, hours)
        self.span.setCurrentText(FIRST_SPAN)
        self.play.setProperty("room", "narrow")
        self.play.setMinimumWidth(self._theme.px(64))
        for widget, name in (
            (self.speed, words.SPEED_NAME),
            (self.span, words.RULER_SPAN_NAME),
            (self.field, words.TIME_FIELD),
            (self.back, words.BACK_TO_LIVE_NAME),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(name)

    def _listen(self) -> None:
        rewind, ruler = self._rewind, self.ruler
        rewind.changed.connect(self.refresh)
        rewind.marks_changed.connect(self._show_marks)
        ruler.chosen.connect(lambda at_s: rewind.go_to(datetime.fromtimestamp(at_s, UTC)))
        ruler.stepped.connect(rewind.step)
        ruler.mark_wanted.connect(lambda backwards: rewind.to_alarm(backwards=backwards))
        ruler.play_wanted.connect(rewind.toggle)
        ruler.span_wanted.connect(self._show_span)
        self.play.clicked.connect(lambda *_: rewind.toggle())
        self.back.clicked.connect(lambda *_: rewind.back_to_live())
        self.speed.activated.connect(lambda _: rewind.set_speed(self.speed.currentData()))
        self.span.activated.connect(lambda _: self._centre())
        self.field.returnPressed.connect(self._show_typed)
        self.field.textEdited.connect(lambda _: self._complain(""))

    # --- showing ----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Everything as the rewind stands now."""
        rewind = self._rewind
        moment = rewind.moment
        self.setVisible(rewind.is_open)
        if moment is None:
            self._asked = None
            self._complain("")
            return
        self._title.setText(words.history_at(moment.astimezone(self._zone)))
        self._state.setText(words.CALLING_UP_NOW if rewind.is_loading else self._found())
        self.play.setText(words.PAUSE if rewind.is_playing else words.PLAY)
        self.play.setAccessibleName(words.PAUSE_NAME if rewind.is_playing else words.PLAY_NAME)
        self.speed.setCurrentIndex(SPEEDS.index(rewind.speed))
        self._news.setText(words.new_alarms(rewind.new_alarms) if rewind.new_alarms else "")
        restyle(self._news, tone="critical" if rewind.new_alarms else "secondary")
        if not self.field.hasFocus():
            self.field.setText(f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M:%S}")
        self._follow(moment)

    def type_time(self) -> None:
        """Let the operator type at once."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _found(self) -> str:
        found = self._rewind.found
        if found is None or self._rewind.is_playing:
            return ""
        if found.newest_at is None:
            extent = self._rewind.extent
            begins = extent.begins_at.astimezone(self._zone) if extent and extent.begins_at else None
            return words.nothing_then(begins)
        return words.found_then(found.values, found.stale, found.alarms)

    def _follow(self, moment: datetime) -> None:
        """The hand stays in sight; the ruler moves on by itself only when it would leave it."""
        span, at_s = self.ruler.span, moment.timestamp()
        if self._asked is None:
            self._choose_first_span()
        if self._asked is None or not span.left <= at_s <= span.right:
            self._centre()
        elif not self.isHidden():
            self.ruler.show_span(span.left, span.right, self._known())
        self.ruler.show_hand(at_s)

    def _choose_first_span(self) -> None:
        """The shortest that holds the whole record, up to the usual one."""
        whole_h = self._known().length / 3600.0
        labels = list(words.RULER_SPANS)
        fitting = (label for label in labels[: labels.index(FIRST_SPAN)] if (words.RULER_SPANS[label] or 0) >= whole_h)
        self.span.setCurrentText(next(fitting, FIRST_SPAN))

    def _centre(self) -> None:
        moment = self._rewind.moment
        if moment is None:
            return
        known, hours = self._known(), self.span.currentData()
        if hours is None:
            self._show_span(known.left, known.right)
            return
        length = hours * 3600.0
        right = min(moment.timestamp() + length / 2, known.right + 0.02 * length)
        self._show_span(right - length, right)

    def _show_span(self, left: float, right: float) -> None:
        self.ruler.show_span(left, right, self._known())
        wanted = (self.ruler.span.left, self.ruler.span.right)
        if wanted != self._asked:
            self._asked = wanted
            first, last = (datetime.fromtimestamp(at_s, UTC) for at_s in wanted)
            columns = max(60, self.ruler.width() // COLUMNS_EVERY_PX)
            self._rewind.look_at(first, last, columns)

    def _known(self) -> RulerSpan:
        extent, now = self._rewind.extent, self._rewind.now
        begins = extent.begins_at if extent is not None and extent.begins_at is not None else now - timedelta(hours=1)
        return RulerSpan(begins.timestamp(), now.timestamp())

    def _show_marks(self) -> None:
        marks = self._rewind.marks
        known = self._known()
        gaps = [RulerSpan(max(known.left, s.start.timestamp()), s.end.timestamp()) for s in marks.silences]
        self.ruler.show_marks(
            [RulerMark(mark.at.timestamp(), mark.priority, mark.title) for mark in marks.alarms],
            [gap for gap in gaps if gap.length > 0],
        )

    # --- typing ----------------------------------------------------------------------------------

    def _show_typed(self) -> None:
        read = read_time(self.field.text(), self._rewind.now, self._zone)
        if isinstance(read, str):
            self._complain(read)
            return
        extent = self._rewind.extent
        if extent is not None and extent.begins_at is not None and read < extent.begins_at:
            self._complain(words.before_record(extent.begins_at.astimezone(self._zone)))
            return
        self._complain("")
        self.ruler.setFocus()
        self._rewind.go_to(read)

    def _complain(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        self._state.setVisible(not sentence)
        restyle(self.field, tone="critical" if sentence else "")
