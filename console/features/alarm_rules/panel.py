"""The alarm rules as a table to edit: a draft with undo, checked by the core after every change, saved as a whole."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QSplitter, QVBoxLayout
from typing_extensions import override

from backend_core.alarms.model import (
    AlarmRule,
    Level,
    Priority,
    RuleKey,
    RulesChangedMeanwhile,
    RulesOutcome,
    RulesRefused,
    RulesSaved,
)
from console.features.alarm_rules import words
from console.features.alarm_rules.state import DraftRow, RuleDraft
from console.features.contract import Panel, PanelContext
from ui.banner import Banner
from ui.empty_state import EmptyState
from ui.form import CHOICE, NUMBER, Field, Form
from ui.table import Column, Table
from ui.values import Shown

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame

_PRIORITIES = tuple(f"{number} {word}" for number, word in words.PRIORITIES.items())
_DAY_S = 86_400.0
_LEVELS = tuple(Level)
_CHANGE_TONES = {words.ADDED: "selected", words.CHANGED: "selected", words.REMOVED: "dead", "": "secondary"}


class AlarmRulesPanel(Panel):
    """The table shows the draft; nothing holds before the core has saved it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._draft = RuleDraft()
        self._editing: RuleKey | None = None
        self._banner = Banner()
        self._form = Form(_fields())
        self._apply = QPushButton(words.APPLY)
        self._table: Table[DraftRow] = Table(
            context.theme,
            words.TITLE,
            _columns(),
            lambda row: row.key,
            order=lambda row: (row.rule.point, _LEVELS.index(row.rule.level)),
            empty=EmptyState(words.NO_RULES, words.NO_RULES_WHY, words.NO_RULES_NEXT),
        )
        self._table.allow_many()
        self._build()
        self._register()
        self._table.current_changed.connect(self._choose)
        self._form.changed.connect(self._allow)
        self._apply.clicked.connect(self._put)
        self._allow()

    # --- what the shell calls -----------------------------------------------------------------------------------------

    @override
    def show_frame(self, frame: Frame) -> None:
        """Rules come when they are asked for; frames do not carry them."""

    @override
    def show_snapshot(self, frame: Frame) -> None:
        self._context.link.start(self._read(), "read the alarm rules")

    # --- built once ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        px = self._context.theme.px
        self._apply.setProperty("tone", "primary")
        side = QFrame()
        side.setProperty("role", "panel")
        column = QVBoxLayout(side)
        column.setContentsMargins(px(12), px(12), px(12), px(12))
        column.setSpacing(px(12))
        column.addWidget(self._form)
        column.addWidget(self._apply, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._table)
        split.addWidget(side)
        split.setStretchFactor(0, 1)
        split.setSizes([px(900), px(420)])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._banner)
        layout.addWidget(split, stretch=1)
        self.setFocusProxy(self._table)

    def _register(self) -> None:
        head, add = self._context.head, self._context.actions.add
        entries = (
            ("alarm_rules.add", words.ADD, words.ACTION_ADD, self.add, "Ins"),
            ("alarm_rules.remove", words.REMOVE, words.ACTION_REMOVE, self.remove, "Del"),
            ("alarm_rules.undo", words.UNDO, words.ACTION_UNDO, self.undo, "Ctrl+Z"),
            ("alarm_rules.redo", words.REDO, words.ACTION_REDO, self.redo, "Ctrl+Y"),
            ("alarm_rules.discard", words.DISCARD, words.ACTION_DISCARD, self.discard, ""),
            ("alarm_rules.save", words.SAVE, words.ACTION_SAVE, self.save, "Ctrl+S"),
        )
        for action_id, word, title, run, key in entries:
            head.add_action(word, run, key=key, help_text=title)
            add(self, action_id, title, run, key=key)

    # --- what an operator does ----------------------------------------------------------------------------------------

    def add(self) -> None:
        """An empty form for a new rule."""
        self._editing = None
        self._form.set_values({field.key: field.default for field in _fields()})
        self._form.editor("point").setFocus(Qt.FocusReason.OtherFocusReason)
        self._allow()

    def remove(self) -> None:
        self._draft.remove([key for key in self._table.selected_keys() if isinstance(key, RuleKey)])
        self._check()

    def undo(self) -> None:
        self._draft.undo()
        self._check()

    def redo(self) -> None:
        self._draft.redo()
        self._check()

    def discard(self) -> None:
        self._draft.discard()
        self._check()

    def save(self) -> None:
        """Order the whole edit; the table follows when the core has said so."""
        edit = self._draft.edit()
        if not edit.is_empty:
            self._context.operate.run(
                words.SAVING, lambda core: core.alarms.save_rules(edit), keys=("alarm rules",), on_done=self._saved
            )

    # --- asking and answering -----------------------------------------------------------------------------------------

    async def _read(self) -> None:
        self._draft.load(await self._context.link.ask(lambda core: core.alarms.rules()))
        self._show()

    def _check(self) -> None:
        self._show()
        self._context.link.start(self._ask_for_faults(), "check the alarm rules")

    async def _ask_for_faults(self) -> None:
        wanted = self._draft.wanted()
        answer = await self._context.link.ask(lambda core: core.alarms.preview_rules(wanted))
        faults = answer.faults if isinstance(answer, RulesRefused) else ()
        self._draft.blame(faults)
        if faults:
            self._banner.say(words.refused(faults[0].sentence, len(faults) - 1))
        else:
            self._banner.clear()
        self._show()

    def _saved(self, outcome: RulesOutcome) -> None:
        match outcome:
            case RulesSaved(edit):
                counts = len(edit.added), len(edit.changed), len(edit.removed)
                self._context.notices.say(words.rules_saved(*counts))
                self._draft = RuleDraft()
            case RulesRefused(faults):
                self._draft.blame(faults)
                self._banner.say(words.refused(faults[0].sentence, len(faults) - 1))
            case RulesChangedMeanwhile(key=key, by=by):
                said = words.changed_meanwhile(key.point, key.level, by)
                self._banner.say(said, words.CHANGED_MEANWHILE_REMEDY)
        self._context.link.start(self._read(), "read the alarm rules")

    # --- the form -----------------------------------------------------------------------------------------------------

    def _choose(self, key: Hashable | None) -> None:
        row = self._table.model.row_of(key) if key is not None else None
        if row is None:
            return
        self._editing, rule = row.key, row.rule
        self._form.set_values(
            {
                "point": rule.point,
                "level": rule.level.value,
                "limit": "" if rule.limit is None else f"{rule.limit:g}",
                "deadband": rule.deadband,
                "on_delay_s": rule.on_delay_s,
                "off_delay_s": rule.off_delay_s,
                "priority": _PRIORITIES[rule.priority - 1],
            }
        )
        self._allow()

    def _allow(self) -> None:
        problems = self._form.problems()
        self._apply.setEnabled(not problems and _limit_problem(self._form.values()) == "")

    def _put(self) -> None:
        rule = _rule_of(self._form.values())
        self._draft.put(rule, self._editing)
        self._check()
        self._table.select(rule.key)

    # --- showing ------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self._table.reset_rows(self._draft.rows())
        edit = self._draft.edit()
        counts = words.draft_counts(len(edit.added), len(edit.changed), len(edit.removed))
        self._context.head.set_scope(words.UNCHANGED if edit.is_empty else counts)


def _fields() -> tuple[Field, ...]:
    return (
        Field(
            "point",
            words.POINTS,
            help=words.POINTS_HELP,
            default="",
            check=lambda text: "" if text else words.POINTS_HELP,
        ),
        Field("level", words.LEVEL, kind=CHOICE, choices=tuple(Level), default=Level.HI.value),
        Field("limit", words.LIMIT_TITLE, help=words.LIMIT_HELP, default=""),
        Field("deadband", words.DEADBAND, kind=NUMBER, minimum=0.0, decimals=3, help=words.DEADBAND_HELP, default=0.0),
        Field(
            "on_delay_s",
            words.ON_DELAY,
            kind=NUMBER,
            minimum=0.0,
            maximum=_DAY_S,
            unit="s",
            help=words.DELAY_HELP,
            default=0.0,
        ),
        Field(
            "off_delay_s",
            words.OFF_DELAY,
            kind=NUMBER,
            minimum=0.0,
            maximum=_DAY_S,
            unit="s",
            help=words.DELAY_HELP,
            default=0.0,
        ),
        Field("priority", words.PRIORITY, kind=CHOICE, choices=_PRIORITIES, default=_PRIORITIES[2]),
    )


def _limit_problem(values: dict[str, Any]) -> str:
    text = values["limit"]
    if not text and values["level"] in (Level.OFFLINE, Level.RANGE):
        return ""
    try:
        float(text)
    except ValueError:
        return words.limit_needed(text)
    return ""


def _rule_of(values: dict[str, Any]) -> AlarmRule:
    return AlarmRule(
        point=values["point"],
        level=Level(values["level"]),
        limit=float(values["limit"]) if values["limit"] else None,
        deadband=values["deadband"],
        on_delay_s=values["on_delay_s"],
        off_delay_s=values["off_delay_s"],
        priority=Priority(int(values["priority"][0])),
    )


def _columns() -> tuple[Column[DraftRow], ...]:
    def number(text: str, width: int, of: Any) -> Column[DraftRow]:
        return Column(text.lower(), text, lambda row: _said(row, _short(of(row))), sort=of, width=width, right=True)

    return (
        Column(
            "point", words.POINTS, lambda row: _said(row, row.rule.point), lambda row: row.rule.point, 220, stretch=True
        ),
        Column("level", words.LEVEL, lambda row: _said(row, row.rule.level.value), lambda row: row.rule.level.rank, 84),
        number(words.LIMIT_TITLE, 88, lambda row: row.rule.limit),
        number(words.DEADBAND, 88, lambda row: row.rule.deadband),
        number(words.ON_DELAY, 88, lambda row: row.rule.on_delay_s),
        number(words.OFF_DELAY, 88, lambda row: row.rule.off_delay_s),
        Column(
            "priority",
            words.PRIORITY,
            lambda row: _said(row, _PRIORITIES[row.rule.priority - 1]),
            lambda row: int(row.rule.priority),
            88,
        ),
        Column(
            "change",
            words.CHANGE,
            lambda row: Shown(row.fault or row.change, "high" if row.fault else _CHANGE_TONES[row.change]),
            lambda row: row.change,
            160,
            tip=lambda row: row.fault or row.change,
        ),
    )


def _said(row: DraftRow, text: str) -> Shown:
    return Shown(text, "dead" if row.change == words.REMOVED else "normal", bold=bool(row.change))


def _short(number: float | None) -> str:
    """Without zeros that say nothing: these are limits, not readings."""
    if number is None:
        return ""
    return f"{number:.10g}"
