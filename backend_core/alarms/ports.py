"""What the alarms domain needs from outside: places that keep alarms, their journal, their timers and rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend_core.alarms.model import (
    Alarm,
    AlarmId,
    AlarmRule,
    JournalEntry,
    LeftBehind,
    RuleEdit,
    RulesChangedMeanwhile,
    Step,
    Timer,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store holds of alarms, as of one journal number and one state of the rules."""

    alarms: tuple[Alarm, ...]
    timers: tuple[Timer, ...]
    journal_seq: int
    rules_revision: int


class AlarmStore(Protocol):
    """Keeps alarms so that a crash at any moment loses none."""

    async def load(self) -> Kept:
        """All alarms and running timers in one view of the data."""
        ...

    async def save(self, steps: Sequence[Step], timers: Sequence[Timer], *, as_leader: bool) -> tuple[Alarm, ...]:
        """Write alarms, journal and event log in one transaction; answers the alarms that had changed elsewhere.

        An alarm whose stored revision is not the one its first step started from is left alone with all its steps.
        """
        ...

    async def changed_since(self, journal_seq: int) -> Kept:
        """The alarms that anybody changed after this number of the journal."""
        ...

    async def journal(self, alarm: AlarmId | None, limit: int) -> tuple[JournalEntry, ...]:
        """The newest lines of one alarm or of all, newest first."""
        ...

    async def history(self, since: datetime | None, until: datetime | None) -> tuple[Alarm, ...]:
        """The alarms that were ever raised, by the time of their present occurrence, `until` excluded."""
        ...


class AlarmRuleStore(Protocol):
    """Keeps the rules."""

    async def rules(self) -> tuple[AlarmRule, ...]:
        """Every rule."""
        ...

    async def save_rules(
        self, edit: RuleEdit, by: str, origin: str, at: datetime
    ) -> tuple[AlarmRule, ...] | RulesChangedMeanwhile:
        """Apply the whole edit and answer all rules, or nothing if one of them is no longer as the editor saw it."""
        ...


class StepSpool(Protocol):
    """Keeps steps on this computer's disk while the database is away, so that no end of the program loses one."""

    @property
    def is_open(self) -> bool:
        """Whether there is a disk to keep them on."""
        ...

    async def keep(self, steps: Sequence[Step], timers: Sequence[Timer]) -> None:
        """Return when the disk has all of them, flushed; `NoRoom` when that cannot be promised."""
        ...

    async def left_behind(self) -> LeftBehind:
        """What was kept and not cleared since, in order; asked once, before anything is kept."""
        ...

    async def clear(self) -> None:
        """All of it stands in the database."""
        ...


class PastAlarms(Protocol):
    """What the journal tells of moments gone by."""

    async def standing(self, at: datetime) -> tuple[Alarm, ...]:
        """The alarms that stood in the list at that moment, folded from the lines written up to it."""
        ...

    async def changes(self, after: datetime, until: datetime) -> tuple[JournalEntry, ...]:
        """The lines after one moment up to and with another, in the order they were written."""
        ...

    async def journal(self, alarm: AlarmId, until: datetime, limit: int) -> tuple[JournalEntry, ...]:
        """The newest lines of one alarm up to that moment, newest first."""
        ...

    async def raised(self, start: datetime, end: datetime, limit: int) -> tuple[JournalEntry, ...]:
        """The lines of a span at which an operator was called, newest first."""
        ...

    async def next_raised(self, at: datetime, *, backwards: bool) -> JournalEntry | None:
        """The nearest call of an operator after that moment, or before it."""
        ...
