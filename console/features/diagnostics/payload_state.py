"""Foreign bytes as text that can be shown: nothing in it is obeyed, and nothing is left out of sight."""

from __future__ import annotations

import json
import unicodedata

SHOWN_BYTES = 65_536
_KEPT = "\n\t"


def readable(payload: bytes, at_most: int = SHOWN_BYTES) -> str:
    r"""The payload as text; what is no UTF-8 or cannot be seen is written as `\x..` or `\u....`."""
    text = payload[:at_most].decode("utf-8", "backslashreplace")
    return "".join(character if _is_visible(character) else _escaped(character) for character in text)


def laid_out(payload: bytes) -> str:
    """JSON with one value a line; anything else as it came."""
    if len(payload) <= SHOWN_BYTES:
        try:
            tidy = json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            return readable(payload)
        return readable(tidy.encode("utf-8", "surrogatepass"))
    return readable(payload)


def _is_visible(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
