"""Saves a trend as a picture: PNG as it stands on the screen, SVG by the same painting."""

from pathlib import Path

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget


def save_picture(widget: QWidget, path: Path) -> None:
    """The ending of the name decides the format."""
    written = _save_svg(widget, path) if path.suffix.lower() == ".svg" else widget.grab().save(str(path))
    if not written:
        raise OSError("the file could not be opened")


def _save_svg(widget: QWidget, path: Path) -> bool:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(widget.size())
    generator.setViewBox(QRectF(widget.rect()))
    painter = QPainter()
    if not painter.begin(generator):
        return False
    widget.render(painter, QPoint())
    return painter.end()
