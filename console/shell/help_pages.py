"""The help pages that ship, and the page of all keys, which is written from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterable

from console.features.contract import Feature
from console.shell import words
from ui.actions import ActionEntry
from ui.resources import resource


def page_of(feature: Feature) -> str:
    """The Markdown of a panel's page."""
    path = resource("help", f"{feature.help_page or feature.id}.md")
    if not path.exists():
        return f"{words.no_help(feature.title)}\n\n{feature.summary}"
    return path.read_text(encoding="utf-8")


def page_of_keys(entries: Iterable[ActionEntry]) -> str:
    rows = sorted((entry.key, entry.title) for entry in entries if entry.key)
    return words.KEYS_HEAD + "\n".join(f"| {key} | {title} |" for key, title in rows)
