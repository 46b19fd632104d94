"""What an element's faceplate says: its state, its values with quality and age, what feeds it, its alarms."""

from __future__ import annotations

from backend_core.alarms.model import Alarm
from backend_core.gateway.readings import PointInfo
from backend_core.grid.model import Bus, ElementId, Switch
from backend_core.kernel.identities import split_point
from backend_core.kernel.quality import Quality
from console.features.diagram import words
from console.features.diagram.state import DiagramState
from ui.diagram.faceplate import Card, Fact
from ui.tones import PRIORITY_TONES
from ui.values import Shown, format_age, format_number, show_value

_MOST_ALARMS = 3


def card_of(state: DiagramState, element_id: ElementId, now_s: float, *, is_ordered: bool) -> Card:
    element = state.element(element_id)
    kind = words.KINDS.get(type(element).__name__, "")
    if isinstance(element, Bus):
        kind = f"{kind} {element.nominal_kv:g} kV"
    facts = [_supply(state, element_id, now_s)]
    if sources := state.sources_of(element_id):
        facts.append(Fact(words.FED_ROW, Shown(words.fed_from(sources))))
    if isinstance(element, Switch):
        facts.append(_position(state, element_id, now_s))
    facts += [_value(state, info, now_s) for info in state.points_of(element_id)]
    remarks = [_alarm(state, alarm) for alarm in state.alarms_of(element_id)[:_MOST_ALARMS]]
    if is_ordered:
        remarks.insert(0, Shown(words.WAITING, "selected"))
    return Card(state.name_of(element_id), kind, tuple(facts), tuple(remarks) or (Shown(words.NO_ALARMS, "secondary"),))


def spoken(state: DiagramState, element_id: ElementId, now_s: float) -> str:
    """An element in one line, for the list and for the tip under the pointer."""
    element = state.element(element_id)
    standing = state.standing(element_id, now_s)
    parts = [words.KINDS.get(type(element).__name__, ""), words.SUPPLY[standing.supply]]
    if standing.position is not None:
        parts.append(words.POSITIONS[standing.position])
    parts += [f"{_quantity(i)} {_shown(state, i, now_s).text}" for i in state.points_of(element_id)]
    parts += [_alarm(state, alarm).text for alarm in state.alarms_of(element_id)[:1]]
    return words.described(state.name_of(element_id), [part for part in parts if part])


def _supply(state: DiagramState, element_id: ElementId, now_s: float) -> Fact:
    standing = state.standing(element_id, now_s)
    tone = "dead" if standing.is_dead else "normal"
    return Fact(words.SUPPLY_ROW, Shown(words.SUPPLY[standing.supply], tone))


def _position(state: DiagramState, element_id: ElementId, now_s: float) -> Fact:
    position = state.position(element_id, now_s)
    reading = state.position_reading(element_id, now_s)
    remark = "" if reading.quality is Quality.NEVER else format_age(reading.age_s)
    return Fact(words.POSITION_ROW, Shown(words.POSITIONS[int(position if position is not None else 3)]), remark)


def _value(state: DiagramState, info: PointInfo, now_s: float) -> Fact:
    reading = state.reading(info.point, now_s)
    if reading.quality is Quality.NEVER:
        return Fact(_quantity(info), show_value(None))
    origin = f", {words.BY_HAND}" if reading.by_hand else ""
    remark = f"{words.QUALITIES[reading.quality]}, {format_age(reading.age_s)}{origin}"
    return Fact(_quantity(info), _shown(state, info, now_s), remark)


def _shown(state: DiagramState, info: PointInfo, now_s: float) -> Shown:
    reading = state.reading(info.point, now_s)
    # The age stands in the remark beside it.
    return show_value(reading.value, info.unit, info.decimals, trust=reading.quality, tone=reading.tone)


def _quantity(info: PointInfo) -> str:
    return split_point(info.point)[1].replace("_percent", "").replace("_", " ")


def _alarm(state: DiagramState, alarm: Alarm) -> Shown:
    info = state.info(alarm.point)
    value = f"{format_number(alarm.value, info.decimals)} {info.unit}" if info else format_number(alarm.value, 2)
    quantity = split_point(alarm.point)[1].replace("_percent", "").replace("_", " ")
    condition = words.alarm_condition(quantity, alarm.level, value)
    text = words.alarm_line(alarm.priority, condition, alarm.raised_at, is_seen=not alarm.base.is_unacknowledged)
    return Shown(text, PRIORITY_TONES[alarm.priority] if alarm.base.is_active else "secondary")
