"""Reads the symbols of `resources/symbols` into painter paths, one set per state."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from ui.resources import resource

PAINTS = ("hollow", "dashed", "line", "solid")


class BadSymbol(ValueError):
    """A symbol file that cannot be drawn: our own mistake, found by the test that reads them all."""


@dataclass(frozen=True, slots=True)
class Letters:
    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A symbol in one state."""

    hollow: QPainterPath
    dashed: QPainterPath
    line: QPainterPath
    solid: QPainterPath
    letters: tuple[Letters, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A symbol in all its states, made for a box around the middle."""

    name: str
    width: float
    height: float
    default: str
    shapes: Mapping[str, Shape]

    def shape(self, state: str) -> Shape:
        return self.shapes.get(state) or self.shapes[self.default]


def symbol_names() -> list[str]:
    return sorted(path.stem for path in resource("symbols").glob("*.toml"))


@cache
def load_symbol(name: str) -> Drawing:
    return read_symbol(resource("symbols", f"{name}.toml"))


def read_symbol(path: Path) -> Drawing:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    width, height = content["box"]
    always = content.get("always", {})
    states = content.get("states", {"": {}})
    default = content.get("default", "")
    if default not in states:
        raise BadSymbol(f"{path.name} names the default state '{default}', which it does not draw")
    shapes = {state: _shape(always, own) for state, own in states.items()}
    return Drawing(content["name"], float(width), float(height), default, shapes)


def _shape(always: Mapping[str, Any], own: Mapping[str, Any]) -> Shape:
    paths = {paint: parse_path(f"{always.get(paint, '')} {own.get(paint, '')}") for paint in PAINTS}
    letters = tuple(Letters(*entry) for part in (always, own) for entry in part.get("letters", []))
    return Shape(**paths, letters=letters)


def parse_path(text: str) -> QPainterPath:
    """Build the path of commands `M L C O Z` with absolute numbers; anything else is refused."""
    path = QPainterPath()
    words = text.split()
    at = 0
    while at < len(words):
        command = words[at]
        if command not in _COMMANDS:
            raise BadSymbol(f"'{command}' is not a path command")
        count, draw = _COMMANDS[command]
        numbers = [float(word) for word in words[at + 1 : at + 1 + count]]
        if len(numbers) != count:
            raise BadSymbol(f"'{command}' needs {count} numbers")
        draw(path, numbers)
        at += 1 + count
    return path


def _circle(path: QPainterPath, n: list[float]) -> None:
    path.addEllipse(QPointF(n[0], n[1]), n[2], n[2])


_COMMANDS: dict[str, tuple[int, Callable[[QPainterPath, list[float]], None]]] = {
    "M": (2, lambda path, n: path.moveTo(*n)),
    "L": (2, lambda path, n: path.lineTo(*n)),
    "C": (6, lambda path, n: path.cubicTo(*n)),
    "O": (3, _circle),
    "Z": (0, lambda path, _: path.closeSubpath()),
}
