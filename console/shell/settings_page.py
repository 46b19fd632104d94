"""The settings as a form grown from their declarations; look and size hold at once, the rest from the next start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.kernel.errors import CoreError
from backend_core.kernel.settings import SETTINGS, Setting, Settings
from console.bridge.core_link import Asker
from console.shell import words
from ui.banner import Banner
from ui.form import CHOICE, INTEGER, NUMBER, SWITCH, TEXT, Field, Form
from ui.panel_frame import PanelFrame

FILTER = "Filter settings"


def field_of(setting: Setting) -> Field:
    """The form's field of a declared setting."""
    kinds = {bool: SWITCH, int: INTEGER, float: NUMBER}
    kind = CHOICE if setting.choices else kinds.get(setting.kind, TEXT)
    default = ", ".join(setting.default) if isinstance(setting.default, list) else setting.default
    bounds = "" if setting.low is None else f" From {setting.low:g} to {setting.high:g} {setting.unit}".rstrip() + "."
    return Field(
        setting.name,
        words.setting_label(setting.key),
        kind,
        default,
        setting.low,
        setting.high,
        setting.unit,
        choices=setting.choices,
        help=setting.help + bounds,
        check=partial(_problem, setting),
    )


def _typed(setting: Setting, value: Any) -> Any:
    if setting.kind is list:
        return [part.strip() for part in str(value).split(",") if part.strip()]
    return str(value) if setting.kind is str else setting.kind(value)


def _value(settings: Settings, setting: Setting) -> Any:
    return settings.values.get(setting.name, setting.default)


def _problem(setting: Setting, value: Any) -> str:
    try:
        setting.check(_typed(setting, value), setting.key)
    except CoreError as error:
        return str(error)
    return ""


class SettingsPage(QWidget):
    """A page in the window, not a window of its own."""

    def __init__(self, link: Asker, apply_display: Callable[[dict[str, Any]], None], close: Callable[[], None]) -> None:
        super().__init__()
        self._link = link
        self._apply_display = apply_display
        self._close = close
        self._settings: Settings | None = None
        self._forms: dict[str, Form] = {}
        self._titles: dict[str, QLabel] = {}
        self._banner = Banner()
        self._filter = QLineEdit(placeholderText=FILTER, clearButtonEnabled=True)
        self._filter.setAccessibleName(FILTER)
        self._save = QPushButton(words.SETTINGS_SAVE)
        self._save.setProperty("tone", "primary")
        leave = QPushButton(words.CLOSE)
        frame = PanelFrame(words.SETTINGS_TITLE, self._content(leave))
        self._head = frame.head
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(frame)
        self._save.clicked.connect(self._on_save)
        leave.clicked.connect(close)
        self._filter.textChanged.connect(self._on_filter)

    def open(self, setting: str = "") -> None:
        self._link.start(self._fill(), "settings")
        self._filter.setText(setting.rpartition(".")[2].replace("_", " "))
        self._filter.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return
        super().keyPressEvent(event)

    def _content(self, leave: QPushButton) -> QWidget:
        inside = QWidget()
        inside.setMaximumWidth(960)
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        for section in dict.fromkeys(setting.section for setting in SETTINGS):
            title = QLabel(words.setting_label(section))
            title.setProperty("role", "title")
            form = Form([field_of(setting) for setting in SETTINGS if setting.section == section])
            form.changed.connect(self._on_changed)
            self._forms[section], self._titles[section] = form, title
            column.addWidget(title)
            column.addWidget(form)
            column.addSpacing(8)
        column.addStretch()
        area = QScrollArea(widgetResizable=True)
        area.setWidget(inside)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 8, 16, 8)
        buttons.addWidget(self._filter, stretch=1)
        buttons.addWidget(self._save)
        buttons.addWidget(leave)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._banner)
        layout.addLayout(buttons)
        layout.addWidget(area)
        return content

    async def _fill(self) -> None:
        settings = await self._link.ask(lambda core: core.setup.settings())
        self._settings = settings
        for section, form in self._forms.items():
            named = {known.name: _value(settings, known) for known in SETTINGS if known.section == section}
            form.set_values({k: ", ".join(v) if isinstance(v, list) else v for k, v in named.items()})
        self._head.set_scope(words.settings_place(settings.source))

    def _changes(self) -> dict[str, Any]:
        if self._settings is None:
            return {}
        found = {}
        for setting in SETTINGS:
            value = _typed(setting, self._forms[setting.section].values()[setting.name])
            if value != _value(self._settings, setting):
                found[setting.name] = value
        return found

    def _on_changed(self) -> None:
        self._save.setEnabled(not any(form.problems() for form in self._forms.values()))

    def _on_filter(self, text: str) -> None:
        wanted = text.lower().split()
        for section, form in self._forms.items():
            shown = form.show_only(wanted, section)
            form.setVisible(shown > 0)
            self._titles[section].setVisible(shown > 0)

    def _on_save(self) -> None:
        self._link.start(self._store(self._changes()), "save settings")

    async def _store(self, changes: dict[str, Any]) -> None:
        self._apply_display(changes)
        if await self._link.ask(lambda core: core.setup.save(changes)):
            self._banner.say(words.SETTINGS_SAVED, tone="selected")
        else:
            self._banner.say(words.SETTINGS_NOWHERE, words.SETTINGS_NOWHERE_NEXT)
