"""What the diagram knows: the network, the newest values, the standing alarms, and how each element looks by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backend_core.alarms.model import Alarm, AlarmId
from backend_core.gateway.frame import Frame
from backend_core.gateway.readings import PointInfo
from backend_core.grid.layout.drawing import Drawing
from backend_core.grid.model import Element, ElementId, Energisation, Network, SupplyState, Switch
from backend_core.kernel.identities import PointId, point_of, split_point
from backend_core.kernel.positions import Position, position_of
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from console.features.targets import OverlayTarget

_LIMIT_TONES = (("high_high", "high"), ("low_low", "high"), ("high", "medium"), ("low", "medium"))
_TONES = {1: "critical", 2: "high", 3: "medium", 4: "low"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as it must be shown at this moment. No value: nothing has ever come."""

    value: float | None
    quality: Quality
    age_s: float
    tone: str = "normal"
    by_hand: bool = False


NEVER = Reading(None, Quality.NEVER, 0.0)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an element is now."""

    supply: SupplyState
    position: Position | None = None
    priority: int = 0
    is_unseen: bool = False

    @property
    def is_dead(self) -> bool:
        return self.supply in (SupplyState.DEAD, SupplyState.EARTHED)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a study solved, to stand beside the live values; `title` says what was asked."""

    title: str
    values: Mapping[PointId, float]
    positions: Mapping[ElementId, Position]
    dead: frozenset[ElementId] = frozenset()
    broken: Mapping[ElementId, int] = field(default_factory=dict)


def overlay_of(target: OverlayTarget) -> Overlay | None:
    """The overlay that another panel asks for; none when it asks for nothing."""
    if not target.title:
        return None
    values = {PointId(point): value for point, value in target.values.items()}
    positions = {switch: Position(position) for switch, position in target.positions.items()}
    return Overlay(target.title, values, positions, target.dead, target.broken)


class DiagramState:
    """Applies frames and answers how things stand; everything is judged at the moment of asking, so that values age."""

    def __init__(self) -> None:
        self.network: Network | None = None
        self.overlay: Overlay | None = None
        self._infos: dict[PointId, PointInfo] = {}
        self._values: dict[PointId, LiveValue] = {}
        self._alarms: dict[AlarmId, Alarm] = {}
        self._by_device: Mapping[str, Sequence[Alarm]] | None = None
        self._energisation: Energisation | None = None
        self._element_of: dict[str, ElementId] = {}
        self._slot_points: tuple[PointId, ...] = ()

    def show_network(self, network: Network, drawing: Drawing, infos: Iterable[PointInfo]) -> None:
        """Take the network the core is in charge of, and everything that can be measured in it."""
        self.network = network
        self._infos = {info.point: info for info in infos}
        self._element_of = {network.device_of(element.id): element.id for element in network.elements()}
        points = {PointId(slot.point_id) for slot in drawing.slots} | {
            PointId(arrow.point_id) for arrow in drawing.arrows
        }
        self._slot_points = tuple(sorted(points))

    def apply(self, frame: Frame) -> bool:
        """Take what changed; whether the look of any element may be another now."""
        self._values.update(frame.values)
        if frame.alarms:
            self._by_device = None
        for change in frame.alarms:
            if change.alarm.is_listed:
                self._alarms[change.alarm.id] = change.alarm
            else:
                self._alarms.pop(change.alarm.id, None)
        if frame.energisation is not None:
            self._energisation = frame.energisation.energisation
        moved = any(split_point(point)[1] == "position" for point in frame.values)
        return moved or bool(frame.alarms) or frame.energisation is not None

    def reset(self, frame: Frame) -> None:
        """Take a snapshot: what it does not hold is no longer so."""
        self._values.clear()
        self._alarms.clear()
        self._by_device = None
        self.apply(frame)

    def show_energisation(self, energisation: Energisation) -> None:
        self._energisation = energisation

    def element(self, element_id: ElementId) -> Element | None:
        return self.network.element(element_id) if self.network and self.network.has(element_id) else None

    def element_of_device(self, device: str) -> ElementId | None:
        return self._element_of.get(device)

    def device_of(self, element_id: ElementId) -> str:
        return self.network.device_of(element_id) if self.network else element_id

    def name_of(self, element_id: ElementId) -> str:
        element = self.element(element_id)
        return (element.name or element.id) if element else element_id

    def info(self, point: PointId) -> PointInfo | None:
        return self._infos.get(point)

    def points_of(self, element_id: ElementId) -> tuple[PointInfo, ...]:
        """Everything that is measured at an element, but for the position of a switch."""
        if self.network is None:
            return ()
        device = self.network.device_of(element_id)
        return tuple(i for i in self._infos.values() if i.device == device and not i.point.endswith(".position"))

    def reading(self, point: PointId, now_s: float) -> Reading:
        live = self._values.get(point)
        if live is None:
            return NEVER
        quality, age_s = live.quality_at(now_s), max(0.0, now_s - live.received_monotonic_s)
        return Reading(live.value, quality, age_s, self._tone(point, live.value, quality), live.is_substituted)

    def standing(self, element_id: ElementId, now_s: float) -> Standing:
        position = self.position(element_id, now_s)
        if self.overlay is not None:
            # What is broken live says nothing of the studied state: there only the study's own limits speak.
            supply = SupplyState.DEAD if element_id in self.overlay.dead else SupplyState.ENERGISED
            return Standing(supply, position, self.overlay.broken.get(element_id, 0))
        supply = self._energisation.state_of(element_id) if self._energisation else SupplyState.PARTLY_KNOWN
        worst = self._worst_alarm(element_id)
        return Standing(
            supply=supply,
            position=position,
            priority=int(worst.priority) if worst else 0,
            is_unseen=bool(worst and worst.base.is_unacknowledged),
        )

    def position(self, element_id: ElementId, now_s: float) -> Position | None:
        """Where a switch stands; nothing for what is no switch, unknown when its report is too old or bad."""
        if self.network is None or not isinstance(self.element(element_id), Switch):
            return None
        live = self._values.get(point_of(self.network.device_of(element_id), "position"))
        if live is None or live.quality_at(now_s) >= Quality.STALE:
            return Position.UNKNOWN
        return position_of(live.value)

    def position_reading(self, element_id: ElementId, now_s: float) -> Reading:
        return self.reading(point_of(self.device_of(element_id), "position"), now_s)

    def flow(self, point: PointId, now_s: float, smallest: float = 0.05) -> int:
        """The direction of a flow: 1, -1, or 0 when there is none or none that could be believed."""
        live = self._values.get(point)
        if live is None or live.quality_at(now_s) >= Quality.BAD or abs(live.value) < smallest:
            return 0
        return 1 if live.value > 0 else -1

    def sources_of(self, element_id: ElementId) -> list[str]:
        """Which sources keep an element alive."""
        energisation = self._energisation
        if energisation is None or element_id not in energisation.island_of:
            return []
        number = energisation.island_of[element_id]
        return [i for island in energisation.islands if island.number == number for i in island.source_ids]

    def alarms_of(self, element_id: ElementId) -> Sequence[Alarm]:
        """The standing alarms of an element, most urgent first."""
        if self.network is None:
            return ()
        found = self._alarms_by_device().get(self.network.device_of(element_id), ())
        return sorted(found, key=lambda alarm: (not alarm.base.is_active, alarm.priority, alarm.id))

    def elements_in_alarm(self) -> set[ElementId]:
        return {found for alarm in self._alarms.values() if (found := self._element_of.get(alarm.device))}

    def counts(self, now_s: float) -> tuple[int, int, int]:
        """How many values the diagram shows, how many of them were ever heard, and how many are good."""
        heard = [self.reading(point, now_s).quality for point in self._slot_points if point in self._values]
        return len(self._slot_points), len(heard), sum(quality == Quality.GOOD for quality in heard)

    def _alarms_by_device(self) -> Mapping[str, Sequence[Alarm]]:
        if self._by_device is None:
            grouped: dict[str, list[Alarm]] = {}
            for alarm in self._alarms.values():
                grouped.setdefault(alarm.device, []).append(alarm)
            self._by_device = grouped
        return self._by_device

    def _worst_alarm(self, element_id: ElementId) -> Alarm | None:
        alarms = self.alarms_of(element_id)
        return alarms[0] if alarms else None

    def _tone(self, point: PointId, value: float, quality: Quality) -> str:
        """The tone of its alarm; before a delay has run out, or without a rule, that of the limit it has passed."""
        if quality >= Quality.STALE:
            return "normal"
        of_device = self._alarms_by_device().get(split_point(point)[0], ())
        standing = [alarm for alarm in of_device if alarm.point == point and alarm.base.is_active]
        if standing:
            return _TONES[min(int(alarm.priority) for alarm in standing)]
        return self.limit_tone(point, value)

    def limit_tone(self, point: PointId, value: float) -> str:
        """The tone of the limit that a value has passed."""
        if (info := self._infos.get(point)) is None:
            return "normal"
        for name, tone in _LIMIT_TONES:
            limit = getattr(info, name)
            if limit is not None and (value > limit if name.startswith("high") else value < limit):
                return tone
        return "normal"
