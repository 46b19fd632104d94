"""What diagnostics ask of the core, and what an operator can take along as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from backend_core.kernel.identities import PointId
from console.features.contract import PanelContext
from console.features.diagnostics import words
from console.features.diagnostics.export_state import rejections_as_csv, sources_as_csv
from console.features.diagnostics.state import DiagnosticsState

if TYPE_CHECKING:
    from backend_core.gateway.diagnosis import Finding
    from console.features.diagnostics.panel import DiagnosticsPanel

OFFERED = 60


def register(panel: DiagnosticsPanel, context: PanelContext) -> None:
    head, add, state = context.head, context.actions.add, panel.state

    def sources() -> None:
        lines = sorted(state.sources.values(), key=lambda line: line.device)
        choose_file(panel, context, words.FILE_SOURCES, partial(sources_as_csv, lines), len(lines))

    def rejections() -> None:
        lines = list(state.rejections)
        choose_file(panel, context, words.FILE_REJECTIONS, partial(rejections_as_csv, lines), len(lines))

    head.add_action(words.EXPORT_SOURCES, sources, key="Ctrl+E", help_text=words.EXPORT_SOURCES_HELP)
    head.add_action(words.EXPORT_REJECTIONS, rejections, key="Ctrl+R", help_text=words.EXPORT_REJECTIONS_HELP)
    add(panel, "diagnostics.export_sources", words.ACTION_SOURCES, sources, key="Ctrl+E")
    add(panel, "diagnostics.export_rejections", words.ACTION_REJECTIONS, rejections, key="Ctrl+R")
    add(panel, "diagnostics.copy", words.ACTION_COPY, panel.copy_payload, key="Ctrl+Shift+C")
    add(panel, "diagnostics.search", words.ACTION_SEARCH, panel.search, key="Ctrl+F")


async def read_scoreboard(context: PanelContext, state: DiagnosticsState) -> None:
    """Sources and rejections as the core has them now; cheap, for both lie in its memory."""
    sources = await context.link.ask(lambda core: core.diagnosis.sources())
    rejections = await context.link.ask(lambda core: core.diagnosis.rejections())
    clock = context.clock
    state.hear(sources, clock.monotonic(), round(clock.now().timestamp() * 1e6))
    state.reject(rejections)


async def read_registry(context: PanelContext, state: DiagnosticsState) -> None:
    """The devices of the record: a question to the database, so asked seldom."""
    state.know_devices(await context.link.ask(lambda core: core.record.devices()))


async def walk(context: PanelContext, point: str) -> tuple[Finding, ...]:
    findings: tuple[Finding, ...] = await context.link.ask(lambda core: core.diagnosis.why_no_data(PointId(point)))
    return findings


async def find_points(context: PanelContext, text: str) -> list[str]:
    found = await context.link.ask(lambda core: core.readings.search_points(text))
    return [str(info.point) for info in found[:OFFERED]]


def choose_file(parent: QWidget, context: PanelContext, name: str, write: Callable[[], str], count: int) -> None:
    """Ask where to; the rest of the console goes on meanwhile."""
    dialog = QFileDialog(parent, words.TITLE, name, words.FILE_KIND)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.fileSelected.connect(
        lambda path: context.link.start(export(context, Path(path), write, count), name="export diagnostics")
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


async def export(context: PanelContext, path: Path, write: Callable[[], str], count: int) -> None:
    try:
        await asyncio.to_thread(lambda: path.write_text(write(), encoding="utf-8"))
    except OSError as error:
        context.notices.say(words.not_written(str(path), error.strerror or str(error)), tone="high")
        return
    context.notices.say(words.exported(count, str(path)))
