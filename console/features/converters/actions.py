"""What an operator can do with a unit: see its trend, its alarms, its events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from backend_core.kernel.identities import PointId
from console.features.contract import PanelContext
from console.features.converters import words
from console.features.converters.state import HISTORY_COLUMNS, WINDOW_S, UnitsState

if TYPE_CHECKING:
    from console.features.converters.panel import ConvertersPanel


def register(panel: ConvertersPanel, context: PanelContext) -> None:
    context.head.add_action(words.TREND, lambda: trend(panel, context), key="F5", help_text=words.TREND_HELP)
    context.head.add_action(words.ALARMS, lambda: alarms(panel, context), key="Ctrl+L", help_text=words.ALARMS_HELP)
    for action_id, title, run, key in (
        ("converters.trend", words.ACTION_TREND, trend, ""),
        ("converters.alarms", words.ACTION_ALARMS, alarms, "Ctrl+L"),
        ("converters.events", words.ACTION_EVENTS, events, "Ctrl+E"),
    ):
        context.actions.add(panel, action_id, title, partial(run, panel, context), key=key)


def trend(panel: ConvertersPanel, context: PanelContext) -> None:
    subject = panel.subject()
    if subject is not None and subject.points:
        context.navigate.to_trend(subject.points)


def alarms(panel: ConvertersPanel, context: PanelContext) -> None:
    if panel.chosen is not None:
        context.navigate.to_alarms(panel.chosen)


def events(panel: ConvertersPanel, context: PanelContext) -> None:
    if panel.chosen is not None:
        context.navigate.to_events(panel.chosen)


def learn_bridges(context: PanelContext, state: UnitsState) -> None:
    """Ask the registry once which kind of bridge each converter has; the panel works without the answer."""
    context.link.start(_learn_bridges(context, state), name="read converter kinds")


async def _learn_bridges(context: PanelContext, state: UnitsState) -> None:
    for device in await context.link.ask(lambda core: core.record.devices()):
        if device.kind == "converter" and (bridge := device.attributes.get("type")):
            state.know_bridge(device.device, str(bridge))


def recall(context: PanelContext, state: UnitsState, points: Sequence[str]) -> None:
    """Fetch the ten minutes before now from history: what passed while nobody looked is no gap."""
    if points:
        context.link.start(_recall(context, state, points), name="read unit history")


async def _recall(context: PanelContext, state: UnitsState, points: Sequence[str]) -> None:
    end = context.clock.now()
    start = end - timedelta(seconds=WINDOW_S)
    past = await context.link.ask(
        lambda core: core.readings.history([PointId(point) for point in points], start, end, HISTORY_COLUMNS)
    )
    for point, readings in past.points.items():
        rows = zip(readings.ts_us.tolist(), readings.values.tolist(), readings.quality.tolist(), strict=True)
        state.add_samples(point, rows)
        state.know_rhythm(point, readings.gap_after_s)
