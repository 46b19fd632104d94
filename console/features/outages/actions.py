"""What an operator can do with smart switches: add, edit, pause, remove, import, and look up their events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from backend_core.outages.model import SmartSwitch
from console.features.contract import PanelContext
from console.features.outages import words

if TYPE_CHECKING:
    from console.features.outages.panel import OutagesPanel


def register(panel: OutagesPanel, context: PanelContext) -> None:
    """The same actions as words in the title bar and in the palette with their keys."""
    head = context.head
    head.add_action(words.ADD, panel.add, key="Ins", help_text=words.ADD_HELP)
    head.add_action(words.EDIT, panel.edit, key="F2", help_text=words.EDIT_HELP)
    head.add_action(words.REMOVE, panel.remove, key="Del", help_text=words.REMOVE_HELP)
    head.add_action(words.IMPORT, panel.import_list, help_text=words.IMPORT_HELP)
    entries: tuple[tuple[str, str, Callable[[], object], str], ...] = (
        ("outages.add", words.ACTION_ADD, panel.add, "Ins"),
        ("outages.edit", words.ACTION_EDIT, panel.edit, "F2"),
        ("outages.pause", words.ACTION_PAUSE, panel.pause, "Ctrl+P"),
        ("outages.remove", words.ACTION_REMOVE, panel.remove, "Del"),
        ("outages.import", words.ACTION_IMPORT, panel.import_list, "Ctrl+I"),
        ("outages.events", words.ACTION_EVENTS, panel.events, "Ctrl+E"),
    )
    for action_id, title, run, key in entries:
        context.actions.add(panel, action_id, title, run, key=key)


def save(panel: OutagesPanel, context: PanelContext, switch: SmartSwitch, seen: SmartSwitch | None) -> None:
    """Add one, or change one that was `seen` like this; the list changes when the core has said so."""
    context.operate.run(
        words.save_title(switch.name),
        lambda core: core.outages.save(switch, is_new=seen is None, seen=seen),
        keys=[switch.name],
        on_done=lambda findings: panel.answer_save(switch, findings),
    )


def pause(context: PanelContext, switch: SmartSwitch) -> None:
    """Stop probing it, or begin again."""
    turned = replace(switch, active=not switch.active)
    context.operate.run(
        words.pause_title(switch.name, turned.active),
        lambda core: core.outages.save(turned, is_new=False, seen=switch),
        keys=[switch.name],
        on_done=lambda findings: context.notices.say(findings[0].text, "high") if findings else None,
    )


def remove(context: PanelContext, names: list[str]) -> None:
    """Take them out of the list."""
    context.operate.run(
        words.REMOVE_HELP,
        lambda core: core.outages.remove(names),
        keys=names,
        on_done=lambda _: context.notices.say(words.removed(names)),
    )
