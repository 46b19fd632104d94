"""The single-line diagram: live values on symbols, dead parts dashed, a faceplate for what is selected."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget
from typing_extensions import override

from backend_core.gateway.core import CoreGateway
from backend_core.gateway.frame import Frame
from backend_core.gateway.grid import NetworkInfo
from backend_core.gateway.readings import PointInfo
from backend_core.grid.layout.drawing import Drawing
from backend_core.grid.model import ElementId, Energisation, Network, Switch
from backend_core.kernel.errors import CoreError
from backend_core.kernel.positions import Position
from console.features.contract import Panel, PanelContext
from console.features.diagram import actions, words
from console.features.diagram.faceplate import card_of, spoken
from console.features.diagram.scene import DiagramScene
from console.features.diagram.simulator_actions import SimulatorSwitch
from console.features.diagram.state import DiagramState, Overlay, overlay_of
from console.features.targets import DiagramTarget, OverlayTarget, Subject, Target
from ui.diagram import DiagramCanvas
from ui.diagram.faceplate import Command, Faceplate
from ui.diagram.mirror import DiagramMirror
from ui.dragging import drag_curves
from ui.empty_state import EmptyState

_FACEPLATE_MARGIN_PX = 12
_ORDER_PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What is asked of the core when the network is another one."""

    network: Network
    drawing: Drawing
    energisation: Energisation
    points: tuple[PointInfo, ...]
    networks: tuple[NetworkInfo, ...]
    has_simulator: bool


class DiagramPanel(Panel):
    """A function of frames: nothing here changes because of a click, but what is selected."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._context = context
        self._state = DiagramState()
        self._scene: DiagramScene | None = None
        self._has_simulator = False
        self._wanted: ElementId = ""
        self._ordered: dict[ElementId, tuple[Position, float]] = {}
        self._offered: tuple[ElementId, Position | None, bool] | None = None
        self._choice: QAction | None = None
        self.canvas = DiagramCanvas(context.theme)
        self.canvas.describe = self._spoken
        self._faceplate = Faceplate(context.theme, self.canvas)
        self._list = DiagramMirror(self._spoken)
        self._empty = EmptyState(words.EMPTY, words.EMPTY_WHY, words.EMPTY_NEXT)
        self._build()
        actions.register(self, context)
        self._simulator = SimulatorSwitch(self, context)

    @property
    def faceplate(self) -> Faceplate:
        return self._faceplate

    @override
    def show_frame(self, frame: Frame) -> None:
        if "network" in frame.reload:
            self.panel_shown()
        looks_changed = self._state.apply(frame)
        if frame.simulator is not None:
            self._simulator.show_status(frame.simulator)
        if self._scene is None:
            return
        now_s = self._context.clock.monotonic()
        points = frame.values.keys() & self._scene.points
        if looks_changed:
            self._show_looks(now_s)
        else:
            self.canvas.show_looks(self._scene.arrow_looks(frame.values.keys(), now_s))
        self.canvas.show_values(self._scene.texts(points, now_s))

    @override
    def show_snapshot(self, frame: Frame) -> None:
        self._state.reset(frame)
        self._simulator.show_status(frame.simulator)
        self._show_everything()

    @override
    def tick(self) -> None:
        now_s = self._context.clock.monotonic()
        self._ordered = {
            switch: (target, since)
            for switch, (target, since) in self._ordered.items()
            if self._state.position(switch, now_s) is not target and now_s - since < _ORDER_PATIENCE_S
        }
        self._show_everything()

    @override
    def time_jumped(self) -> None:
        self._ordered.clear()

    @override
    def panel_shown(self) -> None:
        self._context.link.start(self._load(), name="load the diagram")

    @override
    def go_to(self, target: Target) -> None:
        if isinstance(target, DiagramTarget):
            self._wanted = self._element_named(target.element)
            self.canvas.select(self._wanted, centre=not self.canvas.fits)
        if isinstance(target, OverlayTarget):
            self.show_overlay(overlay_of(target))

    @override
    def subject(self) -> Subject | None:
        element = self.canvas.selection
        if not element:
            return None
        alarms = self._state.alarms_of(element)
        return Subject(
            title=self._state.name_of(element),
            element=element,
            points=tuple(info.point for info in self._state.points_of(element)),
            alarm_id=alarms[0].id if alarms else None,
            occurrence=alarms[0].occurrence if alarms else None,
        )

    def show_overlay(self, overlay: Overlay | None) -> None:
        """Put solved values beside the live ones, framed as a study; nothing takes them away."""
        self._state.overlay = overlay
        self.canvas.set_frame(f"{words.STUDY_FRAME}  {overlay.title}" if overlay else "")
        self._show_everything()

    def toggle_list(self) -> None:
        self._list.setVisible(self._list.isHidden())
        if not self._list.isHidden():
            self._list.setFocus()

    def go_to_trend(self) -> None:
        if points := [info.point for info in self._state.points_of(self.canvas.selection)]:
            self._context.navigate.to_trend(points)

    def go_to_alarms(self) -> None:
        if element := self.canvas.selection:
            self._context.navigate.to_alarms(words=self._state.device_of(element))

    def _build(self) -> None:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.canvas, 1)
        row.addWidget(self._list)
        self._list.setFixedWidth(self._context.theme.px(320))
        self._list.hide()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(page)
        self.setFocusProxy(self.canvas)
        self.canvas.selected.connect(self._select)
        self.canvas.activated.connect(lambda _: self.go_to_trend())
        self.canvas.drag_started.connect(self._drag)
        self.canvas.installEventFilter(self)
        self._list.chosen.connect(lambda element: self.canvas.select(element, centre=not self.canvas.fits))
        self._list.opened.connect(lambda _: self.go_to_trend())
        self._faceplate.settled.connect(self._place_faceplate)
        self._faceplate.closed.connect(self._close_faceplate)

    async def _load(self) -> None:
        try:
            loaded = await self._context.link.ask(_load)
        except CoreError as error:
            if self._scene is None:
                self._empty.say(words.EMPTY, error.what, error.remedy)
            return
        self._has_simulator = loaded.has_simulator
        self._state.show_energisation(loaded.energisation)
        self._offer(loaded.networks, loaded.network)
        is_new = self._state.network is None or self._state.network.name != loaded.network.name
        if is_new and self._state.overlay is not None:
            # A study of another network says nothing about this one.
            self.show_overlay(None)
        self._state.show_network(loaded.network, loaded.drawing, loaded.points)
        if is_new:
            self._scene = DiagramScene(loaded.drawing, self._state)
            self.canvas.show_sheet(self._scene.sheet)
            self._list.show_elements([element for element, _, _ in self._scene.sheet.places()])
            self._pages.setCurrentIndex(1)
        self._show_everything()
        if self._wanted:
            self.canvas.select(self._wanted)

    def _offer(self, networks: tuple[NetworkInfo, ...], chosen: Network) -> None:
        if self._choice is None and len(networks) > 1:
            names = {info.title: info.name for info in networks}
            self._choice = self._context.head.add_choice(
                list(names), lambda title: self._choose(names[title], title), chosen=chosen.title
            )
        if self._choice is not None:
            self._context.head.show_choice(self._choice, chosen.title)

    def _choose(self, name: str, title: str) -> None:
        """Every panel shows another network when the core says that it is in charge; a refusal leaves all as it is."""
        order = self._context.operate.run(words.choose_title(title), lambda core: core.grid.choose(name))
        if order is None and self._choice is not None and self._state.network is not None:
            self._context.head.show_choice(self._choice, self._state.network.title)

    def _show_everything(self) -> None:
        if self._scene is None:
            return
        now_s = self._context.clock.monotonic()
        self._show_looks(now_s)
        self.canvas.show_values(self._scene.texts(self._scene.points, now_s))
        shown, heard, good = self._state.counts(now_s)
        self._show_scope(heard)
        self._context.head.set_freshness(words.freshness(shown, good), "secondary" if good >= 0.9 * shown else "high")
        self._show_faceplate(now_s)
        self._list.announce()

    def _show_scope(self, heard: int) -> None:
        assert self._state.network is not None
        is_study = self._state.overlay is not None
        present = words.PAST_SCOPE if self._context.mode.is_past else words.LIVE_SCOPE
        now = words.STUDY_SCOPE if is_study else present if heard else words.UNHEARD_SCOPE
        self._context.head.set_scope(words.scope(self._state.network.title, now))

    def _show_looks(self, now_s: float) -> None:
        if self._scene is None:
            return
        self.canvas.show_looks(self._scene.looks(now_s))
        self.canvas.show_badges(self._scene.badges(now_s))
        self.canvas.mute_captions(self._scene.dead_elements(now_s))

    def _select(self, element: ElementId) -> None:
        self._wanted = element
        self._faceplate.setVisible(bool(element))
        self._list.select(element)
        if element:
            self._show_faceplate(self._context.clock.monotonic())

    def _show_faceplate(self, now_s: float) -> None:
        if element := self.canvas.selection:
            self._offer_commands(element, now_s)
            self._faceplate.show_card(card_of(self._state, element, now_s, is_ordered=element in self._ordered))
            self._place_faceplate()

    def _close_faceplate(self) -> None:
        """The keyboard goes back to the elements."""
        if self._faceplate.isAncestorOf(self.focusWidget() or self):
            self.canvas.setFocus()
        self.canvas.select("")

    def _place_faceplate(self) -> None:
        """In the corner where it covers least of the diagram, and never the selected element."""
        margin, plate = self._context.theme.px(_FACEPLATE_MARGIN_PX), self._faceplate
        room = self.canvas.viewport().rect().adjusted(margin, margin, -margin, -margin)
        lowest, rightmost = max(margin, room.bottom() - plate.height()), max(margin, room.right() - plate.width())
        corners = [QPoint(x, y) for y in (lowest, margin) for x in (rightmost, margin)]
        plate.move(min(corners, key=lambda corner: self._covered(QRect(corner, plate.size()))))
        plate.raise_()

    def _covered(self, area: QRect) -> int:
        hidden = self.canvas.elements_under(area)
        return len(hidden) + (1000 if self.canvas.selection in hidden else 0)

    def _offer_commands(self, element: ElementId, now_s: float) -> None:
        """New buttons only when they would do something else: a question being asked must not vanish under the hand."""
        offer = (element, self._state.position(element, now_s), self._context.mode.allows_control)
        if offer != self._offered:
            self._offered = offer
            self._faceplate.show_commands(self._commands(element))

    def _commands(self, element: ElementId) -> list[Command]:
        commands = [
            Command(words.TREND_BUTTON, self.go_to_trend, words.ACTION_TREND),
            Command(words.ALARMS_BUTTON, self.go_to_alarms, words.ACTION_ALARMS),
        ]
        if isinstance(self._state.element(element), Switch):
            commands.insert(0, self._order_command(element))
            commands.append(Command(words.STUDY_BUTTON, lambda: self._study(element), words.STUDY_HELP))
        return commands

    def _study(self, switch: ElementId) -> None:
        """Take the switch's other position into a study; the live grid is not touched."""
        is_open = self._state.position(switch, self._context.clock.monotonic()) is Position.OPEN
        self._context.navigate.to_study(opened=() if is_open else (switch,), closed=(switch,) if is_open else ())

    def _order_command(self, switch: ElementId) -> Command:
        close = self._state.position(switch, self._context.clock.monotonic()) is Position.OPEN
        return Command(
            words.CLOSE_BUTTON if close else words.OPEN_BUTTON,
            lambda: self._order(switch, close=close),
            self._order_help(switch, close=close),
            words.order_question(switch, close=close),
            enabled=self._has_simulator and self._context.mode.allows_control,
        )

    def _order_help(self, switch: ElementId, *, close: bool) -> str:
        if not self._has_simulator:
            return words.NO_CONTROL
        return words.order_title(switch, close=close) if self._context.mode.allows_control else words.NOT_LIVE

    def _order(self, switch: ElementId, *, close: bool) -> None:
        target = Position.CLOSED if close else Position.OPEN
        self._ordered[switch] = (target, self._context.clock.monotonic())

        def done(refusal: str | None) -> None:
            if refusal:
                self._ordered.pop(switch, None)
                self._context.notices.say(refusal, tone="high")

        actions.operate(self._context, switch, close=close, on_done=done)
        self._show_faceplate(self._context.clock.monotonic())

    def _drag(self, element: ElementId) -> None:
        if points := [info.point for info in self._state.points_of(element)]:
            drag_curves(self.canvas, points)

    def _element_named(self, name: str) -> ElementId:
        """An element by its own id, or by the device that measures it."""
        return name if self._state.element(name) else self._state.element_of_device(name) or name

    def _spoken(self, element: str) -> str:
        return spoken(self._state, element, self._context.clock.monotonic())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._faceplate.isVisible():
            self._place_faceplate()
        return super().eventFilter(watched, event)


async def _load(core: CoreGateway) -> _Loaded:
    return _Loaded(
        network=await core.grid.network(),
        drawing=await core.grid.drawing(),
        energisation=await core.grid.energisation(),
        points=await core.readings.points(),
        networks=await core.grid.networks(),
        has_simulator=core.simulator is not None,
    )
