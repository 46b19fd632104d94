"""The alarms as they stand, and the steps of theirs that the database has not taken yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

from backend_core.alarms.model import Alarm, AlarmCounts, AlarmId, Step, Stimulus
from backend_core.alarms.rules import life

MAX_UNSAVED = 20_000


class Ledger:
    """Alarms by name. A step counts here at once, so that a database away hides no alarm; saving follows."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._alarms: dict[AlarmId, Alarm] = {}
        self._unsaved: list[Step] = []
        self._news: list[Step] = []
        self.keeps_news = False
        """Whether somebody takes the steps that are not on the disk yet, either."""
        self.merged = 0

    @property
    def unsaved(self) -> int:
        """How many steps the database has not taken yet."""
        return len(self._unsaved)

    def get(self, alarm: AlarmId) -> Alarm | None:
        """The alarm of this name, if it was ever raised."""
        return self._alarms.get(alarm)

    def listed(self) -> tuple[Alarm, ...]:
        """Every alarm that is not normal."""
        return tuple(alarm for alarm in self._alarms.values() if alarm.is_listed)

    def all(self) -> tuple[Alarm, ...]:
        """Every alarm that was ever raised."""
        return tuple(self._alarms.values())

    def counts(self) -> AlarmCounts:
        """How many are active, and how many nobody has seen."""
        listed = self.listed()
        return AlarmCounts(
            sum(alarm.base.is_active for alarm in listed), sum(alarm.base.is_unacknowledged for alarm in listed)
        )

    def reset(self, alarms: Iterable[Alarm]) -> None:
        """Begin anew with what the database holds."""
        self._alarms = {alarm.id: alarm for alarm in alarms}
        self._unsaved.clear()
        self._news.clear()

    def resume(self, steps: Sequence[Step]) -> None:
        """Let what the database did not hear of happen again, on top of what it holds."""
        chains: defaultdict[AlarmId, list[Step]] = defaultdict(list)
        for step in steps:
            chains[step.after.id].append(step)
        unheard = {id(step) for alarm, chain in chains.items() for step in _unheard(self._alarms.get(alarm), chain)}
        for step in steps:
            if id(step) in unheard:
                self.meet(self._alarms.get(step.after.id, step.before), step.stimulus)

    def meet(self, alarm: Alarm, stimulus: Stimulus) -> Alarm | None:
        """Let it happen to the alarm; the alarm after it, or nothing when it changed nothing."""
        after = life.meet(alarm, stimulus)
        if not isinstance(after, Alarm) or after is alarm:
            return None
        self._alarms[alarm.id] = after
        step = Step(stimulus, alarm, after, self._origin)
        self._unsaved.append(step)
        if self.keeps_news:
            self._news.append(step)
        if len(self._unsaved) > MAX_UNSAVED:
            self._merge()
        return after

    def take(self) -> list[Step]:
        """The steps to save now; what happens meanwhile gathers anew."""
        taken, self._unsaved = self._unsaved, []
        return taken

    def take_news(self) -> list[Step]:
        """The steps since the last call."""
        taken, self._news = self._news, []
        return taken

    def put_back_news(self, steps: Sequence[Step]) -> None:
        """The disk did not take them after all."""
        self._news[:0] = steps

    def put_back(self, steps: Sequence[Step]) -> None:
        """They were not saved after all."""
        self._unsaved[:0] = steps

    def adopt(self, stored: Alarm) -> Alarm | None:
        """Take over what another console made of an alarm, unless we know better; the alarm if that is news."""
        before = self._alarms.get(stored.id)
        first = next((step.before for step in self._unsaved if step.after.id == stored.id), before)
        if first is not None and stored.revision <= first.revision:
            return None
        return self.rebase(stored)

    def rebase(self, stored: Alarm) -> Alarm | None:
        """Take over the database's alarm and let what is unsaved happen to it again; the alarm if that is news."""
        before = self._alarms.get(stored.id)
        mine = [step for step in self._unsaved if step.after.id == stored.id]
        self._unsaved = [step for step in self._unsaved if step.after.id != stored.id]
        self._alarms[stored.id] = stored
        for step in _not_yet_in(stored, mine):
            self.meet(self._alarms[stored.id], step.stimulus)
        after = self._alarms[stored.id]
        return after if after != before else None

    def _merge(self) -> None:
        """Too much to keep apart while the database is away: one step an alarm, from its first state to its last."""
        self._unsaved.sort(key=lambda step: step.after.id)
        chains = [list(chain) for _, chain in groupby(self._unsaved, key=lambda step: step.after.id)]
        self.merged += len(self._unsaved) - len(chains)
        self._unsaved = [Step(c[-1].stimulus, c[0].before, c[-1].after, self._origin) for c in chains]
        if len(self._news) > len(self._unsaved):
            self._news = list(self._unsaved)


def _not_yet_in(stored: Alarm, steps: Sequence[Step]) -> Sequence[Step]:
    """The steps after the one that led to the stored state: a commit may succeed although its answer was lost."""
    for index, step in enumerate(steps):
        if step.after == stored:
            return steps[index + 1 :]
    return steps


def _unheard(stored: Alarm | None, chain: Sequence[Step]) -> Sequence[Step]:
    """The steps that the stored alarm has not been through: where others moved it on, only what is later than they."""
    if stored is None or chain[0].before.revision == stored.revision:
        return chain
    rest = _not_yet_in(stored, chain)
    return rest if len(rest) < len(chain) else [step for step in chain if step.stimulus.at > stored.changed_at]
