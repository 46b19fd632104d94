"""What an operator can do in the event log: search it, read further down, take it along as a file."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from console.features.contract import PanelContext
from console.features.events import words
from console.features.events.state import PAGE, Wanted, as_csv

if TYPE_CHECKING:
    from backend_core.gateway.frame import LogLine

_PATIENCE_S = 15.0


async def ask(
    context: PanelContext, wanted: Wanted, until: datetime | None = None, page: int = PAGE
) -> tuple[LogLine, ...]:
    """One page of the log, newest first, from `until` back; that very moment included, for lines may share it."""
    from backend_core.gateway.record import EventQuery

    kinds = (wanted.kind,) if wanted.kind else ()
    end = until + timedelta(microseconds=1) if until else None
    query = EventQuery(wanted.words, kinds, wanted.start(context.clock.now()), end, page)
    lines: tuple[LogLine, ...] = await context.link.ask(lambda core: core.record.events(query), limit_s=_PATIENCE_S)
    return lines


async def ask_all(context: PanelContext, wanted: Wanted, page: int = PAGE) -> list[LogLine]:
    """Page after page until nothing new comes."""
    found: dict[int, LogLine] = {}
    until: datetime | None = None
    while True:
        lines = await ask(context, wanted, until, page)
        before = len(found)
        found.update((line.id, line) for line in lines)
        if len(lines) < page or len(found) == before:
            return list(found.values())
        until = min(line.at for line in lines)


def choose_file(parent: QWidget, context: PanelContext, wanted: Wanted) -> None:
    """Ask where to; the rest of the console goes on meanwhile."""
    dialog = QFileDialog(parent, words.ACTION_EXPORT, words.FILE_NAME, words.FILE_KIND)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.fileSelected.connect(
        lambda path: context.link.start(export(context, wanted, Path(path)), name="export events")
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


async def export(context: PanelContext, wanted: Wanted, path: Path) -> None:
    lines = await ask_all(context, wanted)
    try:
        await asyncio.to_thread(path.write_text, as_csv(lines), encoding="utf-8")
    except OSError as error:
        context.notices.say(words.not_written(str(path), error.strerror or str(error)), tone="high")
        return
    context.notices.say(words.exported(len(lines), str(path)))
