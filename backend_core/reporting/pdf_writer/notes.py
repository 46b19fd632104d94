"""Footnotes: every figure can be traced to its query, its span and how much of that span was covered."""

from __future__ import annotations


class Notes:
    """Collects them in the order of their first use; the same ground is numbered once."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def mark(self, text: str) -> str:
        """The raised number to set behind a figure."""
        if text not in self._texts:
            self._texts.append(text)
        return f'<super size="6">[{self._texts.index(text) + 1}]</super>'

    def all(self) -> list[str]:
        """Every note, with its number."""
        return [f"[{number}] {text}" for number, text in enumerate(self._texts, start=1)]
