"""Translates the grid's drawing into a sheet of the kit, and how things stand into looks, badges and slot texts."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

from backend_core.grid.layout.drawing import ConductorRole, Drawing, TextRole, ValueSlot
from backend_core.grid.model import ElementId, SupplyState
from backend_core.kernel.identities import PointId
from console.features.diagram.state import DiagramState, Overlay, Reading, Standing
from ui.diagram import (
    Align,
    Arrow,
    Badge,
    Caption,
    Conductor,
    Form,
    Look,
    Sheet,
    Slot,
    SlotText,
    Symbol,
    TextStyle,
    write_value,
)
from ui.tones import PRIORITY_TONES, TONES
from ui.values import format_number


def sheet_of(drawing: Drawing, gives_way: Set[str] = frozenset()) -> Sheet:
    """The places of a drawing, in the kit's words; the slots of these keys go first in a small view."""
    return Sheet(
        width=drawing.width,
        height=drawing.height,
        conductors=tuple(
            Conductor(c.key, c.element_id, tuple((x, y) for x, y in c.points), c.role is ConductorRole.BUSBAR)
            for c in drawing.conductors
        ),
        symbols=tuple(
            Symbol(s.key, s.element_id, s.kind, *s.centre, s.width, s.height, s.rotation_deg) for s in drawing.symbols
        ),
        arrows=tuple(Arrow(a.key, a.element_id, *a.centre, a.rotation_deg, a.size) for a in drawing.arrows),
        captions=tuple(
            Caption(t.element_id, t.text, *t.anchor, TextStyle(t.role), Align(t.align), t.role is TextRole.TITLE)
            for t in drawing.texts
        ),
        slots=tuple(replace(_slot(slot), gives_way=slot.key in gives_way) for slot in drawing.slots),
    )


@dataclass(frozen=True, slots=True)
class _StudyRoom:
    """Where studied values find room: slots that are given up to their neighbour, and slots lent to another's value."""

    given_up: frozenset[str]
    lent: Mapping[str, ValueSlot]
    moved_down: frozenset[str]


def _room_for_study(drawing: Drawing) -> _StudyRoom:
    """Angles, and powers beside a loading, make room; a reactive power lends its line to the active power above it."""
    of_element: dict[ElementId, dict[str, ValueSlot]] = {}
    for slot in drawing.slots:
        of_element.setdefault(slot.element_id, {})[slot.point_id.rpartition(".")[2]] = slot
    given_up, lent = set(), {}
    for slots in of_element.values():
        active, loading, reactive = (slots.get(name) for name in ("active_power", "loading_percent", "reactive_power"))
        if angle := slots.get("angle"):
            given_up.add(angle.key)
        if active and loading and active.anchor[1] == loading.anchor[1]:
            given_up.add(active.key)
        elif active and reactive and active.anchor[1] != reactive.anchor[1]:
            lent[reactive.key] = active
    return _StudyRoom(frozenset(given_up), lent, frozenset(slot.key for slot in lent.values()))


class DiagramScene:
    """Knows which pieces belong to which element, so that only what changed is worked out again."""

    def __init__(self, drawing: Drawing, state: DiagramState) -> None:
        self._drawing = drawing
        self._state = state
        self._slots_of: dict[PointId, list[ValueSlot]] = {}
        for slot in drawing.slots:
            self._slots_of.setdefault(PointId(slot.point_id), []).append(slot)
        self._room = _room_for_study(drawing)
        self.sheet = sheet_of(drawing, self._room.given_up)
        self._arrow_points = frozenset(PointId(arrow.point_id) for arrow in drawing.arrows)
        named = [c.element_id for c in drawing.conductors] + [s.element_id for s in drawing.symbols]
        named += [t.element_id for t in drawing.texts] + [s.element_id for s in drawing.slots]
        self.elements = frozenset(named + [a.element_id for a in drawing.arrows]) - {""}

    @property
    def points(self) -> frozenset[PointId]:
        return frozenset(self._slots_of)

    def texts(self, points: Set[PointId], now_s: float) -> dict[str, SlotText]:
        """What stands in the slots of these points now."""
        found: dict[str, SlotText] = {}
        for point in points:
            if slots := self._slots_of.get(point):
                reading = self._state.reading(point, now_s)
                for slot in slots:
                    found[slot.key] = self._text(slot, reading, now_s)
        return found

    def looks(self, now_s: float) -> dict[str, Look]:
        """The looks of all pieces; the canvas touches only those that are new to it."""
        standings = {element: self._state.standing(element, now_s) for element in self.elements}
        nobody = Standing(SupplyState.ENERGISED)
        looks: dict[str, Look] = {}
        for conductor in self._drawing.conductors:
            standing = standings.get(conductor.element_id, nobody)
            takes_colour = conductor.role in (ConductorRole.BUSBAR, ConductorRole.LINE)
            looks[conductor.key] = _look(standing if takes_colour else replace(standing, priority=0))
        for symbol in self._drawing.symbols:
            looks[symbol.key] = self._symbol_look(symbol.element_id, standings.get(symbol.element_id, nobody))
        return looks | self.arrow_looks(self._arrow_points, now_s)

    def arrow_looks(self, points: Set[PointId], now_s: float) -> dict[str, Look]:
        """Where the flows of these points go now."""
        looks: dict[str, Look] = {}
        for arrow in self._drawing.arrows:
            if (point := PointId(arrow.point_id)) in points:
                standing = self._state.standing(arrow.element_id, now_s)
                flow = 0 if standing.is_dead else self._state.flow(point, now_s)
                looks[arrow.key] = Look(tone=_token(standing), flow=flow)
        return looks

    def badges(self, now_s: float) -> dict[str, Badge]:
        if (overlay := self._state.overlay) is not None:
            return {
                element: Badge(priority, is_studied=True)
                for element, priority in overlay.broken.items()
                if element in self.elements
            }
        badges: dict[str, Badge] = {}
        for element in self._state.elements_in_alarm() & self.elements:
            standing = self._state.standing(element, now_s)
            if standing.priority:
                badges[element] = Badge(standing.priority, pulsing=standing.is_unseen)
        return badges

    def dead_elements(self, now_s: float) -> frozenset[ElementId]:
        return frozenset(e for e in self.elements if self._state.standing(e, now_s).is_dead)

    def _symbol_look(self, element: ElementId, standing: Standing) -> Look:
        look = _look(standing)
        overlay = self._state.overlay
        position = overlay.positions.get(element, standing.position) if overlay else standing.position
        if position is None:
            return look
        tone = "est" if overlay and position is not standing.position else look.tone
        # A switch tells its position by its own drawing; dashes would say that nobody knows it.
        return replace(look, tone=tone, state=position.word, is_dashed=False)

    def _text(self, slot: ValueSlot, reading: Reading, now_s: float) -> SlotText:
        value = None if reading.value is None else _seen(slot, reading.value)
        text = write_value(
            value,
            Form("°" if _is_angle(slot) else slot.unit, slot.decimals),
            trust=reading.quality,
            age_s=reading.age_s,
            by_hand=reading.by_hand,
            tone=reading.tone,
        )
        return text if self._state.overlay is None else self._studied(slot, text, self._state.overlay, now_s)

    def _studied(self, slot: ValueSlot, live: SlotText, overlay: Overlay, now_s: float) -> SlotText:
        """`0.986 pu → 0.962`: what a study solved behind what is live; nothing where both read the same."""
        if slot.key in self._room.given_up:
            return SlotText("")
        shown = self._room.lent.get(slot.key, slot)
        solved = overlay.values.get(PointId(shown.point_id))
        if solved is None or slot.key in self._room.moved_down:
            return live
        figures = format_number(_seen(shown, solved), shown.decimals)
        measured = self._state.reading(PointId(shown.point_id), now_s).value
        same = measured is not None and figures == format_number(_seen(shown, measured), shown.decimals)
        tone = self._state.limit_tone(PointId(shown.point_id), solved)
        colour = "est" if tone == "normal" else TONES[tone]
        if shown is not slot:
            return SlotText("") if same else SlotText(f"→ {figures}", f" {shown.unit}", italic=True, colour=colour)
        if same:
            return live
        # Two per-unit figures need no unit, and a bar's value has only the way to the next breaker.
        after = f"→{figures}" if shown.unit == "pu" and live.after == " pu" else f"{live.after} → {figures}"
        return live._replace(after=after, italic=True, colour=colour)


def _slot(slot: ValueSlot) -> Slot:
    """An angle's sign counts among its digits, for it stands without a space."""
    digits = slot.digits - 1 if _is_angle(slot) else slot.digits
    stays = slot.point_id.endswith(".voltage")
    return Slot(
        slot.key, slot.element_id, *slot.anchor, digits, slot.unit, TextStyle(slot.role), Align(slot.align), stays
    )


def _seen(slot: ValueSlot, value: float) -> float:
    """Without its sign where an arrow tells the direction."""
    return abs(value) if slot.shows_magnitude else value


def _is_angle(slot: ValueSlot) -> bool:
    return slot.point_id.endswith(".angle")


def _token(standing: Standing) -> str:
    if standing.is_dead:
        return "dead"
    return TONES[PRIORITY_TONES[standing.priority]] if standing.priority else "cond"


def _look(standing: Standing) -> Look:
    is_dashed = standing.is_dead or standing.supply is SupplyState.PARTLY_KNOWN
    return Look(tone=_token(standing), is_dashed=is_dashed)
