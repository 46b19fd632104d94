"""One key from an alarm to its diagram, trend and guidance, and Escape back again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from console.features.contract import Feature, Workspace
from console.features.targets import (
    AlarmsTarget,
    DiagramTarget,
    DoctorTarget,
    EventsTarget,
    GuidanceTarget,
    PastTarget,
    SettingsTarget,
    StudyTarget,
    SwitchTarget,
    Target,
    TrendTarget,
)

REMEMBERED = 20
Show = Callable[[Workspace, str, Target], None]


class Navigator:
    """Finds the panel that answers: in the workspace in front if there is one, else in the feature's own."""

    def __init__(
        self,
        features: Sequence[Feature],
        current: Callable[[], Workspace],
        show: Show,
        open_settings: Callable[[str], None],
        lost: Callable[[Target], None],
        open_past: Callable[[datetime], None] = lambda at: None,
    ) -> None:
        self._features = features
        self._current = current
        self._show = show
        self._open_settings = open_settings
        self._lost = lost
        self._open_past = open_past
        self._past: list[Workspace] = []

    def to_diagram(self, element: str) -> None:
        self.go(DiagramTarget(element))

    def to_trend(self, points: Sequence[str], around: datetime | None = None) -> None:
        self.go(TrendTarget(tuple(points), around))

    def to_alarms(self, words: str = "", alarm_id: str | None = None) -> None:
        self.go(AlarmsTarget(words, alarm_id))

    def to_guidance(self, alarm_id: str) -> None:
        self.go(GuidanceTarget(alarm_id))

    def to_events(self, words: str = "") -> None:
        self.go(EventsTarget(words))

    def to_doctor(self, point: str) -> None:
        self.go(DoctorTarget(point))

    def to_study(self, opened: Sequence[str] = (), closed: Sequence[str] = ()) -> None:
        self.go(StudyTarget(tuple(opened), tuple(closed)))

    def to_switch(self, name: str) -> None:
        self.go(SwitchTarget(name))

    def to_past(self, at: datetime) -> None:
        """Show the grid as it was at this moment."""
        self.go(PastTarget(at))

    def to_settings(self, setting: str = "") -> None:
        self._open_settings(setting)

    def go(self, target: Target) -> None:
        """Show a target where it can be shown best; told in words when no panel can."""
        if isinstance(target, SettingsTarget):
            self._open_settings(target.setting)
            return
        if isinstance(target, PastTarget):
            self._open_past(target.at)
            return
        here = self._current()
        answering = [feature for feature in self._features if type(target) in feature.answers]
        if not answering:
            self._lost(target)
            return
        for feature in answering:
            if any(placement.workspace is here for placement in feature.placements):
                self._show(here, feature.id, target)
                return
        feature = answering[0]
        self._remember(here)
        self._show(self._home(feature), feature.id, target)

    def left(self, workspace: Workspace) -> None:
        """The operator went elsewhere by himself; Escape brings him back too."""
        self._remember(workspace)

    def back(self) -> Workspace | None:
        return self._past.pop() if self._past else None

    def _remember(self, workspace: Workspace) -> None:
        self._past = [*self._past[-(REMEMBERED - 1) :], workspace]

    @staticmethod
    def _home(feature: Feature) -> Workspace:
        """The workspace where the feature has the most room: the one of its name, else the first not operations."""
        seats = [placement.workspace for placement in feature.placements]
        own = [workspace for workspace in seats if workspace.value == feature.id]
        return (own or [w for w in seats if w is not Workspace.OPERATIONS] or seats)[0]
