"""The pages of a PDF as pictures, drawn when they come into view; keys turn them, zoom follows."""

from __future__ import annotations

from pypdfium2 import PdfDocument, PdfiumError
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea
from typing_extensions import override

from ui.theme import Theme

GAP = 12
POINTS_PER_INCH = 72.0
ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
# Beyond this a page is wider than anyone reads; two of at least the smaller size stand side by side instead.
WIDEST_FIT = 1.4
BESIDE_FROM = 0.95


class PagesView(QAbstractScrollArea):
    """Shows one document; pages are pictures of the exact size on the screen, a few of them kept."""

    page_changed = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._document: PdfDocument | None = None
        self._sizes: list[tuple[float, float]] = []
        self._pictures: dict[tuple[int, int], QImage] = {}
        self._zoom: float | None = None
        self._page = 0
        self._draw_next = QTimer(self, singleShot=True, interval=0)
        self._draw_next.timeout.connect(self._draw_missing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.viewport().update())
        theme.changed.connect(self.viewport().update)

    def show_pdf(self, pdf: bytes) -> bool:
        """Show a document from its first page; false when it is none."""
        self.clear()
        try:
            document = PdfDocument(pdf)
        except PdfiumError:
            return False
        self._document = document
        self._sizes = [document[n].get_size() for n in range(len(document))]
        self._lay_out()
        self._tell_page()
        return True

    def clear(self) -> None:
        if self._document is not None:
            self._document.close()
        self._document = None
        self._sizes, self._pictures, self._page = [], {}, 0

    @property
    def pages(self) -> int:
        return len(self._sizes)

    @property
    def page(self) -> int:
        """The page that is read, from 0."""
        return self._page

    def picture(self, page: int, pixels_per_inch: float) -> QImage:
        """A page as a picture, for the printer."""
        assert self._document is not None
        bitmap = self._document[page].render(scale=pixels_per_inch / POINTS_PER_INCH, rev_byteorder=True)
        pixels = bitmap.to_numpy()
        height, width, _ = pixels.shape
        # The pixels belong to pdfium: the picture must have its own.
        return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888).copy()

    def turn_to(self, page: int) -> None:
        if self._sizes:
            page = max(0, min(page, self.pages - 1))
            self.verticalScrollBar().setValue(self._top_of(page // self._columns) - self._theme.px(GAP))

    def step_zoom(self, steps: int) -> None:
        nearest = min(range(len(ZOOMS)), key=lambda n: abs(ZOOMS[n] - self._scale))
        self._set_zoom(ZOOMS[max(0, min(nearest + steps, len(ZOOMS) - 1))])

    def fit_width(self) -> None:
        self._set_zoom(None)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                self.turn_to(self._page + self._columns)
            case Qt.Key.Key_PageUp | Qt.Key.Key_Backspace:
                self.turn_to(self._page - self._columns)
            case Qt.Key.Key_Home:
                self.turn_to(0)
            case Qt.Key.Key_End:
                self.turn_to(self.pages - 1)
            case _:
                super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_zoom(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.color("bg0"))
        for page in self._in_view():
            place = self._place_of(page)
            picture = self._pictures.get((page, place.width()))
            if picture is None:
                painter.fillRect(place, Qt.GlobalColor.white)
                self._draw_next.start()
            else:
                painter.drawImage(place, picture)
            painter.setPen(self._theme.pen("line"))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()

    @property
    def _columns(self) -> int:
        """How many pages stand side by side."""
        return 2 if self._zoom is None and self.pages > 1 and self._fitting(2) >= BESIDE_FROM else 1

    @property
    def _scale(self) -> float:
        """At 1.0 an inch of paper is 96 pixels."""
        if self._zoom is not None or not self._sizes:
            return self._zoom or 1.0
        return max(0.2, min(self._fitting(self._columns), WIDEST_FIT))

    def _fitting(self, columns: int) -> float:
        """The scale at which so many pages fill the width."""
        room = (self.viewport().width() - (columns + 1) * self._theme.px(GAP)) / columns
        return room / (max(width for width, _ in self._sizes) * 96.0 / POINTS_PER_INCH)

    def _set_zoom(self, zoom: float | None) -> None:
        page = self._page
        self._zoom = zoom
        self._lay_out()
        self.turn_to(page)
        self.viewport().update()

    def _size_of(self, page: int) -> QSize:
        width, height = self._sizes[page]
        factor = self._scale * 96.0 / POINTS_PER_INCH
        return QSize(round(width * factor), round(height * factor))

    def _row_height(self, row: int) -> int:
        first = row * self._columns
        return max(self._size_of(n).height() for n in range(first, min(first + self._columns, self.pages)))

    def _top_of(self, row: int) -> int:
        gap = self._theme.px(GAP)
        return gap + sum(self._row_height(n) + gap for n in range(row))

    @property
    def _rows(self) -> int:
        return -(-self.pages // self._columns)

    def _place_of(self, page: int) -> QRect:
        size, gap = self._size_of(page), self._theme.px(GAP)
        whole = self._columns * size.width() + (self._columns - 1) * gap
        left = max((self.viewport().width() - whole) // 2, gap) - self.horizontalScrollBar().value()
        left += (page % self._columns) * (size.width() + gap)
        return QRect(QPoint(left, self._top_of(page // self._columns) - self.verticalScrollBar().value()), size)

    def _in_view(self) -> list[int]:
        return [n for n in range(self.pages) if self._place_of(n).intersects(self.viewport().rect())]

    def _lay_out(self) -> None:
        view, gap = self.viewport().size(), self._theme.px(GAP)
        height = self._top_of(self._rows) if self._sizes else 0
        widest = max((self._size_of(n).width() for n in range(self.pages)), default=0)
        width = self._columns * (widest + gap) + gap
        self.verticalScrollBar().setRange(0, max(0, height - view.height()))
        self.verticalScrollBar().setPageStep(view.height())
        self.verticalScrollBar().setSingleStep(self._theme.px(40))
        self.horizontalScrollBar().setRange(0, max(0, width - view.width()))
        self.horizontalScrollBar().setPageStep(view.width())
        self.viewport().update()

    def _scrolled(self, value: int) -> None:
        middle = value + self.viewport().height() // 2
        before = self._page
        self._page = max((n for n in range(self._rows) if self._top_of(n) <= middle), default=0) * self._columns
        if self._page != before:
            self._tell_page()
        self.viewport().update()

    def _tell_page(self) -> None:
        self.page_changed.emit(self._page + 1, self.pages)

    def _draw_missing(self) -> None:
        """One page at a time, so that a long document never holds the screen."""
        if self._document is None:
            return
        for page in self._in_view():
            size = self._size_of(page)
            if (page, size.width()) not in self._pictures:
                ratio = self.devicePixelRatioF()
                picture = self.picture(page, size.width() * ratio / self._sizes[page][0] * POINTS_PER_INCH)
                self._forget_far(page)
                self._pictures[page, size.width()] = picture
                self.viewport().update()
                return

    def _forget_far(self, page: int) -> None:
        width = self._size_of(page).width()
        self._pictures = {k: p for k, p in self._pictures.items() if k[1] == width and abs(k[0] - page) <= 3}
