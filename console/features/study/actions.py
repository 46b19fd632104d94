"""What an operator can do in a study: run it, cancel it, undo, clear, take the live state again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from backend_core.gateway.core import CoreGateway
from backend_core.grid.model import Network
from backend_core.simulation.model import StudyRequest, StudyResult, StudyStart
from console.bridge.heard import Heard
from console.features.contract import PanelContext
from console.features.study import words

if TYPE_CHECKING:
    from console.features.study.panel import StudyPanel

RUN_LIMIT_S = 150.0


def register(panel: StudyPanel, context: PanelContext) -> None:
    add = context.actions.add
    add(panel, "study.run", words.ACTION_RUN, panel.run, key="Ctrl+Return")
    add(panel, "study.undo", words.ACTION_UNDO, panel.undo, key="Ctrl+Z")
    add(panel, "study.clear", words.ACTION_CLEAR, panel.clear, key="Ctrl+Shift+Z")
    add(panel, "study.start", words.ACTION_START, panel.take_start, key="Ctrl+R")


async def read_start(context: PanelContext) -> tuple[Network, StudyStart]:
    """The network in charge and its live state, asked together so that they fit."""
    return await context.link.ask(_read_start)


async def _read_start(core: CoreGateway) -> tuple[Network, StudyStart]:
    return await core.grid.network(), await core.study.start_from_live()


async def solve(context: PanelContext, request: StudyRequest, heard: Heard) -> StudyResult:
    """Cancelling this coroutine's task kills the worker that solves."""
    return await context.link.ask(lambda core: core.study.run(request, heard.hear), limit_s=RUN_LIMIT_S)


def start_solving(panel: StudyPanel, context: PanelContext) -> asyncio.Task[None]:
    return context.link.start(panel.solve(), name=words.RUNNING)
