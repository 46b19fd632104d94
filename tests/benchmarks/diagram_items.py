"""Benchmark figure 7: 3,000 diagram items, 2,700 values and 300 switches, all change at once: hand-out plus repaint."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ui.diagram import DiagramCanvas, Form, Look, Sheet, Slot, Symbol, TextStyle, write_value
from ui.theme import Theme

LIMIT_MS = 33.0
COLUMNS, ROWS = 50, 60
_CELL_X, _CELL_Y = 38, 17.6
SYMBOLS = 300


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians in milliseconds. `plain` is the peer, for the values alone: one QGraphicsSimpleTextItem each."""

    items: int
    hand_out_ms: float
    repaint_ms: float
    total_ms: float
    worst_ms: float
    plain_ms: float
    limit_ms: float = LIMIT_MS

    @property
    def reached(self) -> bool:
        return self.total_ms <= self.limit_ms


def measure(rounds: int = 15) -> Figures:
    """Every text is new and every switch moves in every round, which is more than a live grid does."""
    app = QApplication.instance() or QApplication([])
    theme = Theme()
    canvas = DiagramCanvas(theme)
    canvas.resize(1920, 1080)
    canvas.show_sheet(_sheet())
    canvas.fit()
    image = QImage(canvas.viewport().size(), QImage.Format.Format_ARGB32_Premultiplied)
    handed, painted = [], []
    for turn in range(rounds + 3):
        values = _values(turn)
        looks = _looks(turn)
        start = perf_counter()
        texts = {key: write_value(value, _PLAIN) for key, value in values.items()}
        canvas.show_values(texts)
        canvas.show_looks(looks)
        middle = perf_counter()
        _paint(canvas, image)
        handed.append(middle - start)
        painted.append(perf_counter() - middle)
    app.sendPostedEvents()
    totals = [h + p for h, p in zip(handed, painted, strict=True)][3:]
    figures = Figures(
        items=COLUMNS * ROWS,
        hand_out_ms=_ms(median(handed[3:])),
        repaint_ms=_ms(median(painted[3:])),
        total_ms=_ms(median(totals)),
        worst_ms=_ms(max(totals)),
        plain_ms=_ms(_measure_plain(theme, rounds)),
    )
    canvas.deleteLater()
    return figures


_PLAIN = Form("", 1)


def _paint(canvas: DiagramCanvas, image: QImage) -> None:
    canvas.viewport().render(image)


def _sheet() -> Sheet:
    spots = [(8.0 + _CELL_X * (i % COLUMNS), 8.0 + _CELL_Y * (i // COLUMNS)) for i in range(COLUMNS * ROWS)]
    return Sheet(
        width=COLUMNS * _CELL_X,
        height=ROWS * _CELL_Y,
        symbols=tuple(Symbol(f"s{i}", f"e{i}", "breaker", *spots[i], 14, 14) for i in range(SYMBOLS)),
        slots=tuple(
            Slot(f"v{i}", f"e{i}", *spots[i], 5, style=TextStyle.DETAIL) for i in range(SYMBOLS, COLUMNS * ROWS)
        ),
    )


def _values(turn: int) -> dict[str, float]:
    return {f"v{i}": ((i * 7919 + turn * 104729) % 99991) / 100.0 for i in range(SYMBOLS, COLUMNS * ROWS)}


def _looks(turn: int) -> dict[str, Look]:
    state = "open" if turn % 2 else "closed"
    return {f"s{i}": Look(state=state) for i in range(SYMBOLS)}


def _measure_plain(theme: Theme, rounds: int) -> float:
    from PySide6.QtWidgets import QGraphicsScene, QGraphicsView

    scene = QGraphicsScene()
    view = QGraphicsView(scene)
    view.resize(1920, 1080)
    items = []
    for i in range(SYMBOLS, COLUMNS * ROWS):
        item = scene.addSimpleText("0.0", theme.font("small"))
        item.setBrush(theme.color("t0"))
        item.setPos(_CELL_X * (i % COLUMNS), _CELL_Y * (i // COLUMNS))
        items.append(item)
        image = QImage(view.viewport().size(), QImage.Format.Format_ARGB32_Premultiplied)
    spent = []
    for turn in range(rounds):
        values = _values(turn)
        start = perf_counter()
        for item, value in zip(items, values.values(), strict=True):
            item.setText(f"{value:,.1f}")
        view.viewport().render(image)
        spent.append(perf_counter() - start)
    view.deleteLater()
    return median(spent)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def figures() -> dict[str, float | int]:
    """What `dev.py bench` prints."""
    found = measure()
    return {**asdict(found), "holds": found.reached}
