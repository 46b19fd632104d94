"""A canvas for schematic drawings: symbols, conductors and live values, without knowing what they stand for."""

from ui.diagram.canvas import DiagramCanvas
from ui.diagram.looks import DEAD, NORMAL, Badge, Doubt, Look
from ui.diagram.sheet import Align, Arrow, Caption, Conductor, Sheet, Slot, Symbol, TextStyle
from ui.diagram.slot_text import Form, SlotText, write_value

__all__ = [
    "DEAD",
    "NORMAL",
    "Align",
    "Arrow",
    "Badge",
    "Caption",
    "Conductor",
    "DiagramCanvas",
    "Doubt",
    "Form",
    "Look",
    "Sheet",
    "Slot",
    "SlotText",
    "Symbol",
    "TextStyle",
    "write_value",
]
