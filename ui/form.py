"""Forms grown from declarations: one field says its type, bounds, unit and help; the form does the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ui.styling import restyle

TEXT, NUMBER, INTEGER, CHOICE, SWITCH, SECRET, PATH = "text", "number", "integer", "choice", "switch", "secret", "path"
FAR = 1_000_000_000
LABEL_WIDTH = 150


@dataclass(frozen=True, slots=True)
class Field:
    """One declared value. `check` returns what is wrong in a sentence, or nothing."""

    key: str
    label: str
    kind: str = TEXT
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    decimals: int = 2
    choices: Sequence[str] = ()
    help: str = ""
    check: Callable[[Any], str] | None = None
    placeholder: str = ""


class Form(QWidget):
    """Shows fields, keeps bounds while typing, and says beside the field what is wrong."""

    changed = Signal()

    def __init__(self, fields: Sequence[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {field.key: field for field in fields}
        self._editors: dict[str, QWidget] = {}
        self._notes: dict[str, QLabel] = {}
        self._rows: dict[str, QWidget] = {}
        layout = self._layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(16)
        layout.setVerticalSpacing(8)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in fields:
            label = QLabel(field.label, minimumWidth=LABEL_WIDTH)
            layout.addRow(label, self._row(field))
        self.set_values({field.key: field.default for field in fields})

    def values(self) -> dict[str, Any]:
        return {key: self._read(key) for key in self.fields}

    def set_values(self, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            if key in self.fields:
                self._write(key, value)
        self._note_all()

    def problems(self) -> dict[str, str]:
        """What is wrong, by field; empty when the form may be used."""
        found = {}
        for key, field in self.fields.items():
            if field.check and (problem := field.check(self._read(key))):
                found[key] = problem
        return found

    def say(self, key: str, text: str, tone: str = "secondary") -> None:
        """A sentence under one field, for example the outcome of a trial connection."""
        note = self._notes[key]
        note.setText(text)
        note.setVisible(bool(text))
        restyle(note, tone=tone)

    def show_only(self, wanted: Sequence[str], context: str = "") -> int:
        """Show the fields that hold every one of these words, or all; returns how many are left."""
        shown = 0
        for key, field in self.fields.items():
            text = f"{context} {field.key} {field.label} {field.help}".lower()
            fits = all(word in text for word in wanted)
            self._layout.setRowVisible(self._rows[key], fits)
            shown += fits
        return shown

    def editor(self, key: str) -> QWidget:
        return self._editors[key]

    def _row(self, field: Field) -> QWidget:
        editor = self._make_editor(field)
        editor.setAccessibleName(field.label)
        editor.setAccessibleDescription(field.help)
        editor.setToolTip(field.help)
        self._editors[field.key] = editor
        note = QLabel(wordWrap=True)
        note.setProperty("role", "small")
        self._notes[field.key] = note
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(editor)
        layout.addWidget(note)
        self._rows[field.key] = row
        return row

    def _make_editor(self, field: Field) -> QWidget:
        if field.kind == SWITCH:
            box = QCheckBox()
            box.toggled.connect(self._on_changed)
            return box
        if field.kind == CHOICE:
            combo = QComboBox()
            combo.addItems(list(field.choices))
            combo.currentIndexChanged.connect(self._on_changed)
            return combo
        if field.kind in (NUMBER, INTEGER):
            return self._make_number(field)
        line = QLineEdit(placeholderText=field.placeholder)
        if field.kind == SECRET:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.textChanged.connect(self._on_changed)
        return line

    def _make_number(self, field: Field) -> QWidget:
        low = -FAR if field.minimum is None else field.minimum
        high = FAR if field.maximum is None else field.maximum
        suffix = f" {field.unit}" if field.unit else ""
        if field.kind == INTEGER:
            whole = QSpinBox(minimum=int(low), maximum=int(high), suffix=suffix)
            whole.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            whole.valueChanged.connect(self._on_changed)
            return whole
        spin = QDoubleSpinBox(minimum=low, maximum=high, decimals=field.decimals, suffix=suffix)
        spin.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        spin.valueChanged.connect(self._on_changed)
        return spin

    def _read(self, key: str) -> Any:
        match self._editors[key]:
            case QCheckBox() as box:
                return box.isChecked()
            case QComboBox() as combo:
                return combo.currentText()
            case QSpinBox() | QDoubleSpinBox() as spin:
                return spin.value()
            case QLineEdit() as line:
                text = line.text().strip()
                return Path(text) if self.fields[key].kind == PATH and text else text
        return None

    def _write(self, key: str, value: Any) -> None:
        match self._editors[key]:
            case QCheckBox() as box:
                box.setChecked(bool(value))
            case QComboBox() as combo:
                combo.setCurrentText(str(value))
            case QSpinBox() as whole:
                whole.setValue(int(value or 0))
            case QDoubleSpinBox() as spin:
                spin.setValue(float(value or 0))
            case QLineEdit() as line:
                line.setText("" if value is None else str(value))

    def _on_changed(self, *_: object) -> None:
        self._note_all()
        self.changed.emit()

    def _note_all(self) -> None:
        problems = self.problems()
        for key, field in self.fields.items():
            problem = problems.get(key, "")
            self.say(key, problem or field.help, "high" if problem else "tertiary")
            restyle(self._editors[key], tone="critical" if problem else "normal")
