"""The theme in use: hands out colours, fonts and lengths by name, and switches them live."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPalette, QPen
from PySide6.QtWidgets import QApplication

from ui.resources import resource
from ui.theme.fonts import load_bundled_fonts, make_font
from ui.theme.stylesheet import fill, load_template
from ui.theme.tokens import DAY, NIGHT, PEN_TOKENS
from ui.tones import TONES

ZOOM_STEPS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
ROW_HEIGHT = 24
TOUCH_TARGET = 44
HALF_BLINK_MS = 500


class Mode(StrEnum):
    NIGHT = "night"
    DAY = "day"


@contextmanager
def _no_widget_freed() -> Iterator[None]:
    """Qt walks through all widgets; one that Python's search for dead cycles freed on the way would end the program."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Theme(QObject):
    """What every painter asks. Widgets name tokens; `changed` says that all of them may look different now."""

    changed = Signal()
    pulsed = Signal(bool)
    """1 Hz: what is unacknowledged shows its mark filled while True; nothing else may blink."""

    def __init__(self, mode: Mode = Mode.NIGHT, zoom: float = 1.0, *, touch: bool = False) -> None:
        super().__init__()
        load_bundled_fonts()
        self._app: QApplication | None = None
        self._mode = mode
        self._zoom = zoom
        self._touch = touch
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, bool, bool], QFont] = {}
        self.pulse = True
        self._blink = QTimer(self, interval=HALF_BLINK_MS)
        self._blink.timeout.connect(self._turn_pulse)
        self._blink.start()

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def zoom(self) -> float:
        return self._zoom

    @property
    def touch(self) -> bool:
        return self._touch

    @property
    def row_height(self) -> int:
        return self.px(TOUCH_TARGET if self._touch else ROW_HEIGHT)

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        """The colour of a token now; with `alpha` below 1 a see-through copy."""
        if not self._colours:
            look = NIGHT if self._mode is Mode.NIGHT else DAY
            self._colours = {name: QColor(value) for name, value in look.as_mapping().items()}
        colour = QColor(self._colours[token])
        colour.setAlphaF(alpha)
        return colour

    def tone(self, tone: str) -> QColor:
        """The colour of a tone word (`critical`, `secondary`, `estimated`); see `ui.tones`."""
        return self.color(TONES[tone])

    def pen(self, token: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        return QPen(self.color(token), width * self._zoom, style)

    def plot_colors(self) -> list[QColor]:
        return [self.color(name) for name in PEN_TOKENS]

    def font(self, role: str = "body", *, bold: bool = False, italic: bool = False) -> QFont:
        """A font by its role: `small` 11, `body` 12, `title` 13 or `figure` 22 px at 100 %."""
        wanted = (role, bold, italic)
        if wanted not in self._fonts:
            self._fonts[wanted] = make_font(role, self._zoom, bold=bold, italic=italic)
        return QFont(self._fonts[wanted])

    def px(self, length: float) -> int:
        """A length of the design at the present zoom."""
        return round(length * self._zoom)

    def apply_to(self, app: QApplication) -> None:
        """Dress the application; called once at start, later switches follow by themselves."""
        self._app = app
        app.setStyle("Fusion")
        self._dress()

    def set_mode(self, mode: Mode) -> None:
        if mode is not self._mode:
            self._mode = mode
            self._dress()

    def set_zoom(self, zoom: float) -> None:
        if zoom != self._zoom:
            self._zoom = zoom
            self._dress()

    def set_touch(self, touch: bool) -> None:
        if touch != self._touch:
            self._touch = touch
            self._dress()

    def toggle_mode(self) -> None:
        self.set_mode(Mode.DAY if self._mode is Mode.NIGHT else Mode.NIGHT)

    def step_zoom(self, steps: int) -> None:
        nearest = min(range(len(ZOOM_STEPS)), key=lambda i: abs(ZOOM_STEPS[i] - self._zoom))
        self.set_zoom(ZOOM_STEPS[max(0, min(len(ZOOM_STEPS) - 1, nearest + steps))])

    def hold_pulse(self) -> None:
        """Nothing blinks from here on: for pictures, which must not catch the dark half."""
        self._blink.stop()
        self.pulse = True
        self.pulsed.emit(True)

    def _turn_pulse(self) -> None:
        self.pulse = not self.pulse
        self.pulsed.emit(self.pulse)

    def _dress(self) -> None:
        self._colours.clear()
        self._fonts.clear()
        if self._app is not None:
            look = NIGHT if self._mode is Mode.NIGHT else DAY
            words = {**look.as_mapping(), "look": self._mode.value, "icons": resource("icons").as_posix()}
            # Native title bars and file dialogs follow the colour scheme; it has no effect on the offscreen platform.
            scheme = Qt.ColorScheme.Dark if self._mode is Mode.NIGHT else Qt.ColorScheme.Light
            self._app.styleHints().setColorScheme(scheme)
            if self._app.font() != self.font():
                # A widget that a stylesheet has dressed keeps the font it found; undressed first, it takes the new.
                # Only then: dressing a window with every workspace open takes half a second.
                self._app.setStyleSheet("")
                self._app.setFont(self.font())
            self._app.setPalette(self._palette())
            with _no_widget_freed():
                self._app.setStyleSheet(fill(load_template(self._touch), words, self._zoom))
        self.changed.emit()

    def _palette(self) -> QPalette:
        role = QPalette.ColorRole
        named = {
            role.Window: "bg0",
            role.WindowText: "t0",
            role.Base: "bg1",
            role.AlternateBase: "bg1",
            role.Text: "t0",
            role.PlaceholderText: "t2",
            role.Button: "bg2",
            role.ButtonText: "t0",
            role.BrightText: "crit",
            role.ToolTipBase: "bg2",
            role.ToolTipText: "t0",
            role.Highlight: "sel",
            role.HighlightedText: "ink",
            role.Link: "sel",
            role.LinkVisited: "sel",
            role.Light: "hair",
            role.Midlight: "hair",
            role.Mid: "line",
            role.Dark: "line",
            role.Shadow: "bg0",
        }
        palette = QPalette()
        for entry, token in named.items():
            palette.setColor(entry, self.color(token))
        for entry in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, entry, self.color("dead"))
        return palette
