"""What a console may ask and order about alarms."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.alarms.model import (
    AcknowledgeOutcome,
    Alarm,
    AlarmId,
    AlarmRule,
    JournalEntry,
    RuleEdit,
    RulesOutcome,
    RulesRefused,
)
from backend_core.alarms.service import AlarmService

JOURNAL_LINES = 200


class AlarmDesk:
    """The alarms, seen and answered by one operator."""

    def __init__(self, alarms: AlarmService, operator: str) -> None:
        self._alarms = alarms
        self._operator = operator

    async def standing(self) -> tuple[Alarm, ...]:
        """Every alarm that an operator must see."""
        return self._alarms.ledger.listed()

    async def acknowledge(self, alarm_id: AlarmId, occurrence: int) -> AcknowledgeOutcome:
        """Acknowledge what the screen showed: this occurrence and no newer one."""
        return await self._alarms.acknowledge(alarm_id, occurrence, self._operator)

    async def journal(self, alarm_id: AlarmId, limit: int = JOURNAL_LINES) -> tuple[JournalEntry, ...]:
        """What happened to an alarm, newest first."""
        return await self._alarms.journal(alarm_id, limit)

    async def rules(self) -> tuple[AlarmRule, ...]:
        """The rules as they hold now."""
        return self._alarms.book.rules

    async def preview_rules(self, wanted: Sequence[AlarmRule]) -> RuleEdit | RulesRefused:
        """What these rules would change in place of the present ones, or why they cannot be."""
        return self._alarms.book.preview(wanted)

    async def reset(self, alarm_id: AlarmId) -> AcknowledgeOutcome:
        """Let a latched alarm go."""
        return await self._alarms.reset(alarm_id, self._operator)

    async def save_rules(self, edit: RuleEdit) -> RulesOutcome:
        """Change rules, all or nothing."""
        return await self._alarms.book.save(edit, self._operator)
