"""What an operator can do in the overview: go to the place, to the trend, to the reason why there is no data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from backend_core.kernel.identities import PointId
from console.features.contract import PanelContext
from console.features.overview import words
from console.features.overview.curves import SLOTS, WINDOW_S
from console.features.overview.state import MOST_RECALLED, OverviewState

if TYPE_CHECKING:
    from console.features.overview.panel import OverviewPanel

DRAWN_TOGETHER = 8


def register(panel: OverviewPanel, context: PanelContext) -> None:
    add = context.actions.add
    add(panel, "overview.trend", words.ACTION_TREND, lambda: trend(panel, context))
    add(panel, "overview.diagram", words.ACTION_DIAGRAM, lambda: diagram(panel, context))
    add(panel, "overview.doctor", words.ACTION_DOCTOR, lambda: doctor(panel, context), key="Ctrl+Y")


def diagram(panel: OverviewPanel, context: PanelContext) -> None:
    subject = panel.subject()
    if subject is not None and subject.element:
        context.navigate.to_diagram(subject.element)


def trend(panel: OverviewPanel, context: PanelContext) -> None:
    subject = panel.subject()
    if subject is not None and subject.points:
        context.navigate.to_trend(subject.points[:DRAWN_TOGETHER])


def doctor(panel: OverviewPanel, context: PanelContext) -> None:
    subject = panel.subject()
    if subject is not None and subject.points:
        context.navigate.to_doctor(subject.points[0])


async def learn(context: PanelContext, state: OverviewState) -> None:
    """The network, where power reaches, the standing alarms, then the hour before now."""
    network = await context.link.ask(lambda core: core.grid.network())
    energisation = await context.link.ask(lambda core: core.grid.energisation())
    alarms = await context.link.ask(lambda core: core.alarms.standing())
    state.know(network)
    state.energisation = energisation
    state.reset_alarms(alarms)
    if state.grid is not None and len(state.grid.points) <= MOST_RECALLED:
        await recall(context, state, state.grid.points)


async def recall(context: PanelContext, state: OverviewState, points: Sequence[str]) -> None:
    end = context.clock.now()
    start = end - timedelta(seconds=WINDOW_S)
    past = await context.link.ask(
        lambda core: core.readings.history([PointId(point) for point in points], start, end, SLOTS)
    )
    state.recall(past.points)
