"""How names of curves travel by drag and drop, between any two parts of a program."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QWidget

CURVES = "application/x-linekeeper-curves"


def mime_of(names: Sequence[str]) -> QMimeData:
    mime = QMimeData()
    mime.setData(CURVES, QByteArray("\n".join(names).encode()))
    mime.setText("\n".join(names))
    return mime


def names_in(mime: QMimeData) -> list[str]:
    """The names dropped here; none when something else was dropped."""
    if not mime.hasFormat(CURVES):
        return []
    return bytes(mime.data(CURVES).data()).decode(errors="replace").split("\n")


def drag_curves(source: QWidget, names: Sequence[str]) -> None:
    """Let the pointer carry these names until it is released."""
    drag = QDrag(source)
    drag.setMimeData(mime_of(names))
    drag.exec()
