"""The sheet beside the list in which a smart switch is added or changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from backend_core.outages.model import Finding, SmartSwitch
from backend_core.outages.rules.registry import complaints
from console.features.outages import words
from ui.banner import Banner
from ui.form import SWITCH, Field, Form
from ui.panel_frame import PanelFrame


class SwitchEditor(PanelFrame):
    """Hidden until it is asked for; Enter saves, Escape closes, and nothing stands in the way of the list."""

    def __init__(self, save: Callable[[SmartSwitch, SmartSwitch | None], object]) -> None:
        self._save = save
        self._seen: SmartSwitch | None = None
        self._form = Form(
            [
                Field("name", words.NAME, help=words.NAME_HELP, check=_name_complaint),
                Field("address", words.ADDRESS, help=words.ADDRESS_HELP, check=_address_complaint),
                Field("active", words.ACTIVE, kind=SWITCH, default=True, help=words.ACTIVE_HELP),
            ]
        )
        self._banner = Banner()
        self._yes = QPushButton(words.SAVE)
        self._yes.setProperty("tone", "primary")
        self._no = QPushButton(words.CANCEL)
        super().__init__(words.ADD_TITLE, _stacked(self._banner, self._form, self._yes, self._no))
        self._form.changed.connect(self._allow)
        self._yes.clicked.connect(self._on_save)
        self._no.clicked.connect(self.hide)
        self.hide()

    def add(self) -> None:
        """Ask for a new one."""
        self._open(words.ADD_TITLE, None)

    def edit(self, switch: SmartSwitch) -> None:
        """Change one; its name stays, for its points carry it."""
        self._open(words.edit_title(switch.name), switch)

    def answer(self, findings: tuple[Finding, ...]) -> None:
        """The core's word on what was to be saved."""
        if not findings:
            self.hide()
            return
        self._banner.say(findings[0].text)

    def values(self) -> SmartSwitch:
        """What stands in the form."""
        values: dict[str, Any] = self._form.values()
        return SmartSwitch(values["name"], values["address"], values["active"])

    def fill(self, switch: SmartSwitch) -> None:
        """Write into the form, as typing would."""
        self._form.set_values({"name": switch.name, "address": switch.address, "active": switch.active})
        self._allow()

    def _open(self, title: str, seen: SmartSwitch | None) -> None:
        self._seen, is_new = seen, seen is None
        self.head.set_title(title)
        self._banner.clear()
        self.fill(seen or SmartSwitch("", ""))
        self._form.editor("name").setEnabled(is_new)
        self.show()
        self._form.editor("name" if is_new else "address").setFocus(Qt.FocusReason.OtherFocusReason)

    def _allow(self) -> None:
        self._yes.setEnabled(not complaints(self.values()))

    def _on_save(self) -> None:
        if not complaints(self.values()):
            self._save(self.values(), self._seen)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_save()
        else:
            super().keyPressEvent(event)


def _name_complaint(name: str) -> str:
    return _first(complaints(SmartSwitch(name, "localhost"))) if name else ""


def _address_complaint(address: str) -> str:
    return _first(complaints(SmartSwitch("name", address))) if address else ""


def _first(findings: tuple[Finding, ...]) -> str:
    return findings[0].text if findings else ""


def _stacked(banner: Banner, form: Form, yes: QPushButton, no: QPushButton) -> QWidget:
    content = QWidget()
    buttons = QHBoxLayout()
    buttons.addStretch()
    buttons.addWidget(no)
    buttons.addWidget(yes)
    layout = QVBoxLayout(content)
    layout.setContentsMargins(16, 16, 16, 16)
    layout.setSpacing(12)
    layout.addWidget(banner)
    layout.addWidget(form)
    layout.addLayout(buttons)
    layout.addStretch()
    return content
