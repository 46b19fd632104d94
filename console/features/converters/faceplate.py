"""One unit in full: its picture, its figures, and its last ten minutes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from console.features.converters import words
from console.features.converters.plot import Lane, LanesView
from console.features.converters.scene import Picture, PictureView
from console.features.converters.state import (
    DERATES_C,
    THD_LIMIT_PERCENT,
    TRIPS_C,
    Curve,
    Family,
    UnitRow,
    UnitsState,
)
from console.features.converters.table import capacity_strip, heat_strip, shown
from ui.styling import restyle
from ui.table.strip import Strip, TimelineStrip
from ui.theme import Theme

# quantity, decimals, factor
_FIGURES: dict[Family, tuple[tuple[str, int, float], ...]] = {
    Family.CONVERTER: (
        ("active_power", 1, 1.0),
        ("reactive_power", 1, 1.0),
        ("current_d", 1, 1.0),
        ("current_q", 1, 1.0),
        ("voltage", 1, 1.0),
        ("dc_voltage", 1, 1.0),
        ("thd", 2, 1.0),
        ("heat", 2, 1.0),
        ("efficiency", 2, 1.0),
        ("temperature", 1, 1.0),
    ),
    Family.SOLAR: (
        ("generation", 0, 1.0),
        ("irradiance", 0, 1.0),
        ("temperature", 1, 1.0),
        ("capacity_factor", 1, 100.0),
    ),
    Family.WIND: (
        ("generation", 0, 1.0),
        ("wind_speed", 1, 1.0),
        ("temperature", 1, 1.0),
        ("capacity_factor", 1, 100.0),
    ),
}
_LANES: dict[Family, tuple[tuple[str, int], ...]] = {
    Family.CONVERTER: (
        ("active_power", 1),
        ("reactive_power", 1),
        ("dc_voltage", 1),
        ("thd", 2),
        ("temperature", 1),
    ),
    Family.SOLAR: (("generation", 0), ("irradiance", 0), ("temperature", 1)),
    Family.WIND: (("generation", 0), ("wind_speed", 1), ("temperature", 1)),
}
_DRIVERS = {Family.SOLAR: "irradiance", Family.WIND: "wind_speed"}
_TRAIL_S = 60.0
_STACKED_FROM = 530
_LANES_EVERY_US = 900_000


def label_of(row: UnitRow, quantity: str) -> str:
    """What a quantity is called on this unit."""
    if quantity == "thd" and row.kind == "BUCK":
        return words.LABELS["ripple"]
    if quantity == "temperature" and row.family is not Family.CONVERTER:
        return words.LABELS["cell" if row.family is Family.SOLAR else "air"]
    return words.LABELS[quantity]


class UnitFaceplate(QWidget):
    """Show it a unit; it asks the state for the curves."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._unit: str | None = None
        self._lanes_us = 0
        self._names: list[QLabel] = []
        self._values: list[QLabel] = []
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._picture = PictureView(theme)
        self._gauge = TimelineStrip(theme)
        self._lanes = LanesView(theme)
        self._left = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._build()

    def show_unit(self, row: UnitRow, state: UnitsState, now_us: int) -> None:
        afresh = row.id != self._unit
        self._unit = row.id
        self._title.setText(words.unit_title(row.id, words.KINDS.get(row.kind, row.kind)))
        self._show_figures(row)
        strip = heat_strip(row) if row.family is Family.CONVERTER else capacity_strip(row)
        self._gauge.show_strip(strip or Strip())
        self._picture.show_picture(_picture(row, state, now_us), afresh=afresh)
        # The lanes cost most and their newest second is a pixel wide: once a second is as much as the eye gets.
        if afresh or now_us - self._lanes_us >= _LANES_EVERY_US:
            self._lanes_us = now_us
            lanes = [_lane(row, state, now_us, name, decimals) for name, decimals in _LANES[row.family]]
            self._lanes.show_lanes(lanes)

    def _build(self) -> None:
        px = self._theme.px
        figures = QGridLayout()
        figures.setHorizontalSpacing(px(16))
        figures.setVerticalSpacing(px(4))
        for line in range(max(len(lines) for lines in _FIGURES.values())):
            name, value = QLabel(), QLabel()
            name.setProperty("tone", "secondary")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            figures.addWidget(name, line, 0)
            figures.addWidget(value, line, 1)
            self._names.append(name)
            self._values.append(value)
        figures.addWidget(self._gauge, len(self._names), 0, 1, 2)
        figures.setColumnMinimumWidth(1, px(110))
        beside = QVBoxLayout()
        beside.addLayout(figures)
        beside.addStretch()
        self._left.setSpacing(px(16))
        self._left.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._left.addLayout(beside)
        titled = QVBoxLayout()
        titled.addWidget(self._title)
        titled.addLayout(self._left, stretch=1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(px(12), px(8), px(12), px(8))
        layout.setSpacing(px(16))
        layout.addLayout(titled)
        layout.addWidget(self._lanes, stretch=1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Figures under the picture where there is height for both, else beside it."""
        high = self.height() >= self._theme.px(_STACKED_FROM)
        self._left.setDirection(QBoxLayout.Direction.TopToBottom if high else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)

    def _show_figures(self, row: UnitRow) -> None:
        lines = [line for line in _FIGURES[row.family] if line[0] in row.readings]
        for index, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            name.setVisible(index < len(lines))
            value.setVisible(index < len(lines))
            if index < len(lines):
                quantity, decimals, factor = lines[index]
                said = shown(row, quantity, words.UNITS[quantity], decimals, factor=factor)
                name.setText(label_of(row, quantity))
                value.setText(said.text)
                restyle(value, tone=said.tone)


def _lane(row: UnitRow, state: UnitsState, now_us: int, quantity: str, decimals: int) -> Lane:
    curve = state.curve(f"{row.id}.{quantity}", now_us)
    said = shown(row, quantity, words.UNITS[quantity], decimals)
    limits: tuple[tuple[float, str, str], ...] = ()
    if row.family is Family.CONVERTER and quantity == "temperature":
        limits = ((DERATES_C, words.DERATES, "high"), (TRIPS_C, words.TRIPS, "crit"))
    elif row.family is Family.CONVERTER and quantity == "thd":
        limits = ((THD_LIMIT_PERCENT, words.LIMIT_THD, "med"),)
    floor = 0.0 if quantity in ("thd", "generation", "irradiance", "wind_speed") else None
    return Lane(label_of(row, quantity), said, curve, decimals, limits, floor)


def _picture(row: UnitRow, state: UnitsState, now_us: int) -> Picture:
    if row.family is Family.CONVERTER:
        trail = _pairs(state.curve(f"{row.id}.current_d", now_us), state.curve(f"{row.id}.current_q", now_us), _TRAIL_S)
        current_d, current_q = row.value("current_d"), row.value("current_q")
        if current_d is None or current_q is None:
            return Picture(trail)
        return Picture(trail, (current_d, current_q), words=words.picture_of_currents(current_d, current_q))
    driver = _DRIVERS[row.family]
    trail = _pairs(state.curve(f"{row.id}.{driver}", now_us), state.curve(f"{row.id}.generation", now_us))
    unit, yielded, driven = words.UNITS[driver], row.value("generation"), row.value(driver)
    if yielded is None or driven is None:
        return Picture(trail, None, False, unit, words.UNITS["generation"])
    said = words.picture_of_yield(yielded, driven, unit)
    return Picture(trail, (driven, yielded), False, unit, words.UNITS["generation"], said)


def _pairs(across: Curve, up: Curve, within_s: float = float("inf")) -> list[tuple[float, float]]:
    """Values of one moment, oldest first, at most some 150: more would only be one blot."""
    ups = dict(zip(up.ages_s, up.values, strict=True))
    pairs = [
        (x, y)
        for age_s, x in zip(across.ages_s, across.values, strict=True)
        if age_s <= within_s and x is not None and (y := ups.get(age_s)) is not None
    ]
    return pairs[:: max(1, len(pairs) // 150)]
