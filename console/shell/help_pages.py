"""The help pages that ship, and the page of all keys, which is written from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.features.contract import Feature
from console.shell import words
from ui.actions import ActionEntry
from ui.resources import resource

if TYPE_CHECKING:
    from backend_core.gateway.frame import CoreHealth


def page(name: str) -> str:
    """The Markdown of a page; empty if it does not ship."""
    path = resource("help", f"{name}.md")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def page_of(feature: Feature) -> str:
    """The page of a panel, or what little is known about it."""
    return page(feature.help_page or feature.id) or f"{words.no_help(feature.title)}\n\n{feature.summary}"


def page_of_keys(entries: Iterable[ActionEntry]) -> str:
    rows = sorted((entry.key, entry.title) for entry in entries if entry.key)
    return words.KEYS_HEAD + "\n".join(f"| {key} | {title} |" for key, title in rows)


def page_of_consoles(health: CoreHealth | None) -> str:
    """The consoles on the record as a table."""
    present = health.present if health is not None else ()
    rows = [
        words.console_row(
            each.console.name,
            each.console.operator,
            each.console.host,
            each.console.version,
            words.role(each.role) if each.console.may_lead else words.NEVER_LEADS,
            hears=each.hears_broker,
            is_here=health is not None and each.console.id == health.console,
        )
        for each in present
    ]
    return words.consoles_page(rows)
