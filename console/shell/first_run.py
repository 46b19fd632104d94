"""The first minute: watch the demo, connect to a site with fields that are tried, or open a prepared file."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from console.shell import words
from ui.form import Field, Form

TRY_WITHIN_S = 3.0
PORTS = {"mqtt": 1883, "mqtts": 8883, "postgresql": 5432, "postgres": 5432}


@dataclass(frozen=True, slots=True)
class Demo:
    """Watch the pretend grid."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Use these settings and keep them."""

    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenFile:
    path: Path


@dataclass(frozen=True, slots=True)
class Leave:
    """The window was closed."""


Choice = Demo | Connect | OpenFile | Leave


def url_problem(value: str, schemes: tuple[str, ...], example: str, *, may_be_empty: bool) -> str:
    """What is wrong with an address, in a sentence; nothing if it can be tried."""
    if not value:
        return "" if may_be_empty else words.bad_url(example)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    return "" if usable else words.bad_url(example)


async def try_address(url: str) -> str:
    """Whether something answers there: empty if so, else why not, in a sentence."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        async with asyncio.timeout(TRY_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return f"{host} did not answer on port {port} within {TRY_WITHIN_S:g} s. Check the name and the firewall."
    except OSError as error:
        return f"{host} does not answer on port {port} ({error.strerror or error}). Is it running there?"
    writer.close()
    return ""


class FirstRun(QWidget):
    """Await `choice()`; nothing is changed until one is made."""

    def __init__(self) -> None:
        super().__init__(objectName="window")
        self.setWindowTitle(words.WELCOME)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._chosen: asyncio.Future[Choice] | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self._doubted: dict[str, Any] = {}
        self.form = Form(
            [
                Field(
                    "mqtt.url",
                    words.BROKER_FIELD,
                    default="mqtt://127.0.0.1:1883",
                    placeholder=words.BROKER_HINT,
                    check=lambda v: url_problem(v, ("mqtt", "mqtts"), words.BROKER_HINT, may_be_empty=False),
                ),
                Field(
                    "database.url",
                    words.DATABASE_FIELD,
                    default="",
                    placeholder=words.DATABASE_HINT,
                    check=lambda v: url_problem(v, ("postgresql", "postgres"), words.DATABASE_HINT, may_be_empty=True),
                ),
            ]
        )
        self._save = QPushButton(words.CONNECT_GO)
        self._try = QPushButton(words.CONNECT_TEST)
        self._try.clicked.connect(self._on_try)
        self._save.clicked.connect(self._on_save)
        self._build()
        self.form.changed.connect(self._on_changed)

    async def choice(self) -> Choice:
        self._chosen = asyncio.get_running_loop().create_future()
        try:
            return await self._chosen
        finally:
            for task in list(self._tasks):
                task.cancel()

    async def try_fields(self) -> bool:
        """Try what is filled in; each field says what came of it."""
        good = True
        for key, url in self.form.values().items():
            if not url:
                self.form.say(key, words.USES_FILE)
                continue
            self.form.say(key, words.TRYING)
            problem = await try_address(url)
            self.form.say(key, problem or words.ANSWERS, "high" if problem else "selected")
            good = good and not problem
        return good

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._choose(Leave())

    def _build(self) -> None:
        title = QLabel(words.WELCOME)
        title.setProperty("role", "figure")
        why = QLabel(words.WELCOME_WHY)
        why.setProperty("tone", "secondary")
        demo = QPushButton(words.DEMO_GO)
        demo.setProperty("tone", "primary")
        demo.clicked.connect(lambda: self._choose(Demo()))
        choose_file = QPushButton(words.OPEN_GO)
        choose_file.clicked.connect(self._on_open)
        inner = QVBoxLayout()
        inner.setSpacing(16)
        inner.addStretch()
        inner.addWidget(title)
        inner.addWidget(why)
        inner.addWidget(self._card(words.DEMO_TITLE, words.DEMO_TEXT, None, [demo]))
        inner.addWidget(self._card(words.CONNECT_TITLE, words.CONNECT_TEXT, self.form, [self._try, self._save]))
        inner.addWidget(self._card(words.OPEN_TITLE, words.OPEN_TEXT, None, [choose_file]))
        inner.addStretch()
        middle = QWidget()
        middle.setMaximumWidth(760)
        middle.setLayout(inner)
        layout = QHBoxLayout(self)
        layout.addWidget(middle)

    @staticmethod
    def _card(title: str, text: str, form: QWidget | None, buttons: list[QPushButton]) -> QWidget:
        card = QFrame()
        card.setProperty("role", "panel")
        head, body = QLabel(title), QLabel(text, wordWrap=True)
        head.setProperty("role", "title")
        body.setProperty("tone", "secondary")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(head)
        layout.addWidget(body)
        if form is not None:
            layout.addWidget(form)
        row = QHBoxLayout()
        row.addStretch()
        for button in buttons:
            row.addWidget(button)
        layout.addLayout(row)
        return card

    def _on_changed(self) -> None:
        usable = not self.form.problems()
        self._save.setText(words.CONNECT_GO)
        self._save.setEnabled(usable)
        self._try.setEnabled(usable)

    async def save(self) -> None:
        """Try the fields, then use them; what does not answer may be used all the same, with a second click."""
        values = self.form.values()
        if values == self._doubted or await self.try_fields():
            self._choose(Connect(values))
            return
        self._doubted = values
        self._save.setText(words.CONNECT_ANYWAY)

    def _on_try(self) -> None:
        self._begin(self.try_fields(), "try the fields")

    def _on_save(self) -> None:
        self._begin(self.save(), "try the fields and save")

    def _begin(self, work: Coroutine[Any, Any, object], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_open(self) -> None:
        # Opened, not executed: a modal loop inside a coroutine would stop every other one.
        dialog = QFileDialog(self, words.OPEN_TITLE, "", "TOML (*.toml)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self._choose(OpenFile(Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose(self, choice: Choice) -> None:
        if self._chosen is not None and not self._chosen.done():
            self._chosen.set_result(choice)
