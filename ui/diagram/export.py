"""Saves what a view shows as PNG, SVG or PDF, by the same painting as on screen."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsScene

_PNG_SCALE = 2.0
_PDF_DPI = 300


def save_scene(scene: QGraphicsScene, part: QRectF, background: Qt.GlobalColor | object, path: Path) -> None:
    """Paint a part of a scene into a file; the ending of its name decides the format."""
    writer = {".png": _save_png, ".svg": _save_svg, ".pdf": _save_pdf}[path.suffix.lower()]
    writer(scene, part, background, path)


def _paint(painter: QPainter, scene: QGraphicsScene, part: QRectF, background: object, target: QRectF) -> None:
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(target, background)
    scene.render(painter, target, part)
    painter.end()


def _save_png(scene: QGraphicsScene, part: QRectF, background: object, path: Path) -> None:
    image = QImage((part.size() * _PNG_SCALE).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    _paint(QPainter(image), scene, part, background, QRectF(image.rect()))
    if not image.save(str(path)):
        raise OSError(f"{path} could not be written")


def _save_svg(scene: QGraphicsScene, part: QRectF, background: object, path: Path) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(part.size().toSize())
    generator.setViewBox(QRectF(0, 0, part.width(), part.height()))
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(f"{path} could not be written")
    _paint(painter, scene, part, background, QRectF(0, 0, part.width(), part.height()))


def _save_pdf(scene: QGraphicsScene, part: QRectF, background: object, path: Path) -> None:
    writer = QPdfWriter(str(path))
    writer.setResolution(_PDF_DPI)
    writer.setPageSize(QPageSize(QSizeF(part.size()) * 0.75, QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF())
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"{path} could not be written")
    _paint(painter, scene, part, background, QRectF(0, 0, writer.width(), writer.height()))
