"""What an operator can do with alarms: acknowledge, reset, and jump to what explains them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from backend_core.alarms.model import Acknowledged, AcknowledgePending, AlarmId
from console.features.alarms import words
from console.features.alarms.state import AlarmRow
from console.features.contract import PanelContext
from console.features.targets import Subject


def acknowledge(context: PanelContext, rows: Sequence[AlarmRow]) -> bool:
    """Order it for each that nobody has seen; whether there was any."""
    unseen = [row for row in rows if row.is_unacknowledged and not context.operate.is_pending(row.id)]
    for row in unseen:
        alarm, occurrence = AlarmId(row.id), row.occurrence
        context.operate.run(
            words.acknowledge_title(row.where, row.condition),
            lambda core, alarm=alarm, occurrence=occurrence: core.alarms.acknowledge(alarm, occurrence),  # type: ignore[misc]
            keys=(row.id,),
            on_done=partial(_answer, context, row.where),
        )
    return bool(unseen)


def reset(context: PanelContext, row: AlarmRow | None) -> None:
    """Let the latch of the selected alarm go."""
    if row is not None:
        alarm = AlarmId(row.id)
        context.operate.run(
            words.reset_title(row.where),
            lambda core: core.alarms.reset(alarm),
            keys=(row.id,),
            on_done=partial(_answer, context, row.where),
        )


def subject_of(row: AlarmRow) -> Subject:
    """What the keys F4, F5, F6 and F8 act on."""
    is_silent = row.value is None
    points = () if is_silent else (row.point,)
    return Subject(f"{row.where} {row.condition.lower()}", row.where, points, row.id, row.occurrence, row.raised_at)


def silence(context: PanelContext) -> None:
    """The sound belongs to the shell; its action is called by name."""
    if (action := context.actions.find("shell.silence")) is not None:
        action.trigger()


def _answer(context: PanelContext, where: str, outcome: object) -> None:
    """Acknowledged shows by itself when the event comes back; everything else is told."""
    if not isinstance(outcome, Acknowledged):
        tone = "high" if isinstance(outcome, AcknowledgePending) else "normal"
        context.notices.say(words.refusal(outcome, where), tone=tone)
