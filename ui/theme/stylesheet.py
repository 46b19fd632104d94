"""Fills the stylesheet of `resources/styles` with the tokens of one look and the lengths of one zoom."""

import re
from collections.abc import Mapping

from ui.resources import resource

_LENGTH = re.compile(r"(?<![\w#])(-?\d+)dp\b")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"@([a-z_0-9]+)\b")


def fill(template: str, tokens: Mapping[str, str], zoom: float) -> str:
    """`@bg1` becomes the colour, `12dp` becomes so many pixels at this zoom; an unknown token is our own mistake."""
    with_lengths = _LENGTH.sub(lambda found: f"{round(int(found[1]) * zoom)}px", _COMMENT.sub("", template))
    return _TOKEN.sub(lambda found: tokens[found[1]], with_lengths)


def load_template(touch: bool) -> str:
    names = ("console.qss", "touch.qss") if touch else ("console.qss",)
    return "\n".join(resource("styles", name).read_text(encoding="utf-8") for name in names)
