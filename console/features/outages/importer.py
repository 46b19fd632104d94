"""The sheet in which a list of smart switches is looked over and then imported, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.kernel.errors import CoreError
from backend_core.outages.model import ImportPlan
from console.features.contract import PanelContext
from console.features.outages import words
from console.features.outages.state import PreviewRow, preview_rows
from ui.banner import Banner
from ui.empty_state import EmptyState
from ui.panel_frame import PanelFrame
from ui.progress import ProgressLine
from ui.table import Column, Table

MAX_BYTES = 8 * 1024 * 1024
IMPORT_WITHIN_S = 60.0
_ORDER = "import of smart switches"


class SwitchImporter(PanelFrame):
    """A file is chosen, what it would do is shown, and only then it may be imported."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self._content = b""
        self._plan: ImportPlan | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_ordered = False
        self._banner = Banner()
        self._said = QLabel(words.IMPORT_HINT, wordWrap=True)
        self._preview_table = _make_preview(context)
        self._progress = ProgressLine()
        self._choose = QPushButton(words.CHOOSE_FILE)
        self._run = QPushButton(words.IMPORT.capitalize())
        self._run.setProperty("tone", "primary")
        self._close = QPushButton(words.CLOSE)
        super().__init__(words.IMPORT_TITLE, self._stacked())
        self._choose.clicked.connect(self._ask_for_file)
        self._run.clicked.connect(self._on_run)
        self._close.clicked.connect(self.leave)
        context.operate.changed.connect(self._follow_order)
        self.hide()

    def open(self) -> None:
        """Begin anew."""
        self._forget()
        self.show()
        self._choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Stop what runs and close."""
        self._stop()
        self.hide()

    def preview(self, path: Path) -> None:
        """Read the file and show what it would do."""
        self._start(self._preview(path), words.READING)

    @property
    def plan(self) -> ImportPlan | None:
        return self._plan

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, words.IMPORT_TITLE, "", words.FILE_FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.preview(Path(chosen)))
        dialog.open()

    def _on_run(self) -> None:
        if self._plan is None or not self._plan.is_clean:
            return
        content = self._content
        self._begin(words.IMPORTING)
        self._is_ordered = True
        self._task = self._context.operate.run(
            words.IMPORT_TITLE,
            lambda core: core.outages.run_import(content),
            keys=[_ORDER],
            on_done=self._imported,
            limit_s=IMPORT_WITHIN_S,
        )
        self._follow_order()

    async def _preview(self, path: Path) -> None:
        try:
            content = await asyncio.to_thread(_read, path)
        except OSError as error:
            self._banner.say(words.unreadable(path.name, error.strerror or str(error)))
            return
        if len(content) > MAX_BYTES:
            self._banner.say(words.TOO_LARGE)
            return
        plan = await self._context.link.ask(lambda core: core.outages.preview_import(content), limit_s=IMPORT_WITHIN_S)
        self._content = content
        self._show_plan(plan)

    def _imported(self, plan: ImportPlan) -> None:
        self._show_plan(plan)
        if plan.is_clean:
            self._context.notices.say(words.imported(plan))
            self.hide()

    def _start(self, work: Coroutine[Any, Any, None], text: str) -> None:
        self._stop()
        self._begin(text)
        self._task = self._context.link.start(self._guarded(work), text)

    def _begin(self, text: str) -> None:
        self._banner.clear()
        self._progress.begin(text, cancel=self._stop)
        self._choose.setEnabled(False)
        self._run.setEnabled(False)

    def _finish(self) -> None:
        self._progress.end()
        self._choose.setEnabled(True)
        self._allow()

    def _follow_order(self) -> None:
        """An order that was refused, has failed or is answered is no longer pending."""
        if self._is_ordered and not self._context.operate.is_pending(_ORDER):
            self._is_ordered = False
            self._finish()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except CoreError as error:
            self._banner.say(error.what, error.remedy)
        finally:
            self._finish()

    def _stop(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self._said.setText(words.IMPORT_STOPPED)
        self._task = None

    def _show_plan(self, plan: ImportPlan) -> None:
        self._plan = plan
        self._said.setText(words.plan_words(plan))
        self._preview_table.reset_rows(preview_rows(plan))
        self._preview_table.show()
        self._run.setText(words.import_verb(plan) if plan.is_clean else words.IMPORT.capitalize())
        self._allow()

    def _allow(self) -> None:
        plan = self._plan
        self._run.setEnabled(plan is not None and plan.is_clean and bool(plan.added or plan.changed))

    def _forget(self) -> None:
        self._stop()
        self._content, self._plan = b"", None
        self._said.setText(words.IMPORT_HINT)
        self._banner.clear()
        self._preview_table.reset_rows(())
        self._preview_table.hide()
        self._progress.end()
        self._run.setText(words.IMPORT.capitalize())
        self._allow()

    def _stacked(self) -> QWidget:
        content = QWidget()
        buttons = QHBoxLayout()
        buttons.addWidget(self._choose)
        buttons.addStretch()
        buttons.addWidget(self._close)
        buttons.addWidget(self._run)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self._banner)
        layout.addWidget(self._said)
        layout.addWidget(self._progress)
        layout.addLayout(buttons)
        layout.addWidget(self._preview_table, stretch=1)
        layout.addStretch()
        return content

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


def _make_preview(context: PanelContext) -> Table[PreviewRow]:
    columns: tuple[Column[PreviewRow], ...] = (
        Column("what", words.WHAT, words.preview_what, sort=lambda r: r.place, width=76),
        Column("text", words.WHICH, lambda r: r.text, width=240, stretch=True, tip=lambda r: r.text),
    )
    empty = EmptyState(words.NOTHING_NEW, words.NOTHING_NEW_WHY)
    table = Table(context.theme, words.PREVIEW, columns, lambda r: r.place, order=lambda r: r.place, empty=empty)
    table.hide_foot()
    return table


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
