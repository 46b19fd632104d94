"""What the study panel knows: the start, the changes with their past, the last result; no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from backend_core.grid.model import Branch, ElementId, Line, Load, Network, Switch
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Diagnosis, Reason
from backend_core.simulation.model import StateSummary, StudyRequest, StudyResult, StudyStart, Violation
from backend_core.simulation.rules.start import settled
from console.features.study import words

UNDO_KEPT = 100
SAME_SHARE = 5e-4
SEVERE, MILD = 2, 3
"""The priorities that the first rules give to the outer and to the inner limit."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything an operator changed against the start."""

    positions: Mapping[ElementId, Position] = field(default_factory=dict)
    tripped: frozenset[ElementId] = frozenset()
    load_scale: float = 1.0
    load_scales: Mapping[ElementId, float] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.positions) + len(self.tripped) + len(self.load_scales) + (self.load_scale != 1.0)


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One thing that can be changed; `planned` is empty while it stays as it is."""

    id: ElementId
    name: str
    kind: str
    place: int
    now: str
    planned: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of the start beside that of the study; a worst one names where it is."""

    place: int
    title: str
    before: float | None
    after: float
    unit: str
    decimals: int
    where_before: ElementId = ""
    where_after: ElementId = ""
    more_is_worse: bool = False

    @property
    def is_worse(self) -> bool:
        return self.more_is_worse and self.before is not None and self.after > self.before + 1e-6


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a study in words, with the tone in which they are said."""

    what: str
    remedy: str
    tone: str


class StudyState:
    """Changes are kept as whole values, so that undoing is taking the one before."""

    def __init__(self) -> None:
        self.network: Network | None = None
        self.start: StudyStart | None = None
        self.changes = Changes()
        self.result: StudyResult | None = None
        self._past: list[Changes] = []
        self._at_start: dict[ElementId, Position] = {}

    def take_start(self, network: Network, start: StudyStart) -> None:
        """Begin anew from the live state; the changes stay unless the network is another one."""
        if self.network is None or self.network.name != network.name:
            self.changes, self._past = Changes(), []
        self.network, self.start, self.result = network, start, None
        self._at_start = settled(network, start.positions)

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def is_outdated(self) -> bool:
        """Whether the changes are newer than the result."""
        return self.result is not None and self.request() != self.result.request

    def request(self) -> StudyRequest | None:
        if self.start is None:
            return None
        c = self.changes
        return StudyRequest(self.start, c.positions, c.tripped, c.load_scale, c.load_scales)

    def toggle(self, element_id: ElementId) -> bool:
        """Open or close a switch, trip or restore a branch; false for what is neither."""
        element = self.network.element(element_id) if self.network and self.network.has(element_id) else None
        if isinstance(element, Switch):
            standing = self.changes.positions.get(element_id, self._at_start[element_id])
            self.move(element_id, Position.CLOSED if standing is Position.OPEN else Position.OPEN)
            return True
        if isinstance(element, Branch):
            self._change(replace(self.changes, tripped=self.changes.tripped ^ {element_id}))
            return True
        return False

    def move(self, switch: ElementId, position: Position) -> None:
        """A switch back where it stands at the start is no change any more."""
        positions = {s: p for s, p in self.changes.positions.items() if s != switch}
        if position is not self._at_start.get(switch):
            positions[switch] = position
        self._change(replace(self.changes, positions=positions))

    def take_wish(self, opened: Iterable[ElementId], closed: Iterable[ElementId]) -> None:
        """What another panel asked about: these switches moved, as one step."""
        if self.network is None:
            return
        wanted = {**dict.fromkeys(opened, Position.OPEN), **dict.fromkeys(closed, Position.CLOSED)}
        known = {s: p for s, p in wanted.items() if s in self._at_start}
        moved = {s: p for s, p in {**self.changes.positions, **known}.items() if p is not self._at_start[s]}
        self._change(replace(self.changes, positions=moved))

    def scale_all(self, percent: float) -> None:
        self._change(replace(self.changes, load_scale=percent / 100.0))

    def scale_load(self, load: ElementId, percent: float) -> None:
        scales = {name: share for name, share in self.changes.load_scales.items() if name != load}
        if percent != 100.0:
            scales[load] = percent / 100.0
        self._change(replace(self.changes, load_scales=scales))

    def undo(self) -> None:
        if self._past:
            self.changes = self._past.pop()

    def clear(self) -> None:
        self._change(Changes())

    def rows(self) -> list[ElementRow]:
        """Switches, branches and loads, each in the order of the network file."""
        if self.network is None or self.start is None:
            return []
        elements = (*self.network.switches, *self.network.branches(), *self.network.loads)
        return [self._row(place, element) for place, element in enumerate(elements)]

    def is_load(self, element_id: ElementId) -> bool:
        network = self.network
        return network is not None and network.has(element_id) and isinstance(network.element(element_id), Load)

    def name_of(self, element_id: ElementId) -> str:
        if self.network is None or not self.network.has(element_id):
            return element_id
        return self.network.element(element_id).name or element_id

    def asked_mw(self) -> float:
        """The load that the study asks for, dark ones included."""
        if self.start is None:
            return 0.0
        scales = self.changes.load_scales
        asked = (load.active_mw * scales.get(name, 1.0) for name, load in self.start.loads.items())
        return self.changes.load_scale * sum(asked)

    def steps(self) -> list[str]:
        """The changes in words."""
        c = self.changes
        parts = [words.step_switch(self.name_of(s), int(p)) for s, p in c.positions.items()]
        parts += [words.step_trip(self.name_of(branch)) for branch in sorted(c.tripped)]
        if c.load_scale != 1.0:
            parts.append(words.step_all_loads(100.0 * c.load_scale))
        parts += [words.step_load(self.name_of(load), 100.0 * share) for load, share in c.load_scales.items()]
        return parts

    def verdict(self) -> Verdict:
        """What the last result means."""
        assert self.result is not None
        after = self.result.after
        if isinstance(after, Diagnosis):
            return self._no_solution(after)
        new = sum(not v.was_broken for v in self.result.violations)
        old = len(self.result.violations) - new
        remarks = [words.already_broken(old)] if old else []
        if self.result.lost_load_mw > 0.0:
            remarks.insert(0, words.losing_power(self.result.lost_load_mw, self.result.lost_customers))
        if isinstance(self.result.before, Diagnosis):
            remarks.append(words.START_UNSOLVED)
        severe = any(v.is_severe and not v.was_broken for v in self.result.violations)
        tone = "critical" if severe else "high" if new else "selected"
        return Verdict(words.solved(new, old, self.result.solved_in_s), " ".join(remarks), tone)

    def figures(self) -> list[FigureRow]:
        """The figures that decide, the start beside the study."""
        if self.result is None or self.result.summary_after is None:
            return []
        before, after = self.result.summary_before, self.result.summary_after
        sums = (
            (words.FIGURE_LOAD, "load_mw", "MW", 1, False),
            (words.FIGURE_GENERATION, "generation_mw", "MW", 1, False),
            (words.FIGURE_LOSSES, "losses_mw", "MW", 1, False),
            (words.FIGURE_UNSERVED, "unserved_mw", "MW", 1, True),
            (words.FIGURE_CUSTOMERS, "unserved_customers", "", 0, True),
        )
        rows = [
            FigureRow(n, title, _of(before, name), _of(after, name) or 0.0, unit, decimals, more_is_worse=worse)
            for n, (title, name, unit, decimals, worse) in enumerate(sums)
        ]
        worst = (
            _worst(5, words.FIGURE_LOWEST, (before.lowest if before else None, after.lowest), "pu", 3),
            _worst(6, words.FIGURE_HEAVIEST, (before.heaviest if before else None, after.heaviest), "%", 1),
        )
        return rows + [row for row in worst if row is not None]

    def broken(self) -> dict[ElementId, int]:
        """The elements past a limit in the study, each with the priority of its worst violation, for the diagram."""
        found: dict[ElementId, int] = {}
        for violation in self.violations():
            priority = SEVERE if violation.is_severe else MILD
            found[violation.element] = min(priority, found.get(violation.element, priority))
        return found

    def violations(self) -> tuple[Violation, ...]:
        return self.result.violations if self.result is not None else ()

    def positions_studied(self) -> dict[ElementId, Position]:
        """Where every switch stands in the study, for the diagram."""
        return self._at_start | dict(self.changes.positions)

    def values_moved(self) -> dict[PointId, float]:
        """The studied values that the changes moved; a meter's noise beside a solved value says nothing."""
        if self.result is None:
            return {}
        before = self.result.values_before
        return {point: v for point, v in self.result.values.items() if not _is_same(v, before.get(point))}

    def _change(self, changes: Changes) -> None:
        if changes == self.changes:
            return
        self._past = [*self._past[-(UNDO_KEPT - 1) :], self.changes]
        self.changes = changes

    def _row(self, place: int, element: Switch | Branch | Load) -> ElementRow:
        name, c = element.name or element.id, self.changes
        if isinstance(element, Switch):
            moved = c.positions.get(element.id)
            return ElementRow(
                id=element.id,
                name=name,
                kind=words.switch_at(words.SWITCH_KINDS[element.kind], self._stands_at(element)),
                place=place,
                now=words.POSITIONS[int(self.start.positions[element.id])] if self.start else "",
                planned=words.POSITIONS[int(moved)] if moved is not None else "",
            )
        if isinstance(element, Load):
            return self._load_row(place, name, element)
        kind = words.LINE if isinstance(element, Line) else words.TRANSFORMER
        planned = words.TRIPPED if element.id in c.tripped else ""
        return ElementRow(element.id, name, kind, place, words.IN_SERVICE, planned)

    def _load_row(self, place: int, name: str, load: Load) -> ElementRow:
        assert self.start is not None
        asked_mw = self.start.loads[load.id].active_mw
        kind = words.LOAD_DARK if load.id in self.start.assumed else words.LOAD
        share = self.changes.load_scale * self.changes.load_scales.get(load.id, 1.0)
        planned = words.scaled(asked_mw * share, 100.0 * share) if share != 1.0 else ""
        return ElementRow(load.id, name, kind, place, words.megawatts(asked_mw), planned)

    def _stands_at(self, switch: Switch) -> str:
        return self.name_of(switch.element_id) if switch.element_id else self.name_of(switch.bus_id)

    def _no_solution(self, diagnosis: Diagnosis) -> Verdict:
        match diagnosis.reason:
            case Reason.NOTHING_ENERGISED:
                return Verdict(words.NO_SOURCE, words.NO_SOURCE_REMEDY, "critical")
            case Reason.WRONG_ANSWER:
                return Verdict(words.WRONG_ANSWER, words.WRONG_ANSWER_REMEDY, "critical")
        weakest = diagnosis.weakest_bus or diagnosis.worst_bus
        what = words.collapse(self.name_of(weakest)) if weakest else words.collapse_anywhere()
        carried_mw = self.result.carried_mw if self.result else None
        if carried_mw is None or weakest is None:
            return Verdict(what, words.carried_unknown(), "critical")
        return Verdict(what, words.carried(carried_mw, self.asked_mw(), self.name_of(weakest)), "critical")


def _is_same(after: float, before: float | None) -> bool:
    return before is not None and abs(after - before) <= SAME_SHARE * max(abs(after), abs(before))


def _of(state: StateSummary | None, name: str) -> float | None:
    return None if state is None else float(getattr(state, name))


def _worst(
    place: int,
    title: str,
    found: tuple[tuple[ElementId, float] | None, tuple[ElementId, float] | None],
    unit: str,
    decimals: int,
) -> FigureRow | None:
    before, after = found
    if after is None:
        return None
    where, value = before if before is not None else ("", None)
    return FigureRow(place, title, value, after[1], unit, decimals, where, after[0])
