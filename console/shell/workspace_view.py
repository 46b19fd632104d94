"""One workspace: its docks stand at once when it is first looked at, its panels are made one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge.frame_pump import FramePump
from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Workspace
from console.features.targets import Target
from console.shell import words
from console.shell.liveness import Liveness
from console.shell.panel_memory import ScreenMemory
from console.shell.provenance import origin_of
from console.shell.window_covers import WindowCovers
from ui.docks import DockArea, DockHost, DockSeat, screen_identity
from ui.empty_state import EmptyState
from ui.panel_head import PanelHead
from ui.theme import Theme
from ui.veil import Veil

_log = logging.getLogger(__name__)
LAYOUTS, PERSPECTIVES = "layouts", "perspectives"


@dataclass(frozen=True, slots=True)
class WorkspaceParts:
    """What a workspace is made with."""

    pump: FramePump
    memory: ScreenMemory
    make_context: Callable[[Feature, Workspace, PanelHead], PanelContext]
    theme: Theme
    dress_window: Callable[[QWidget, QWidget], tuple[QWidget, WindowCovers]]
    dress_panel: Callable[[Feature, Panel], None]


class WorkspaceView(QWidget):
    """Hidden ones cost nothing: their panels get no frames.

    Making all at once would hold the screen for half a second; whoever asks for a panel gets it made before its turn.
    """

    def __init__(self, workspace: Workspace, features: Sequence[Feature], parts: WorkspaceParts) -> None:
        super().__init__()
        self.workspace = workspace
        self._features = {feature.id: feature for feature in features if _seats(feature, workspace)}
        self._parts = parts
        self._panels: dict[str, Panel] = {}
        self._heads: dict[str, PanelHead] = {}
        self._to_make: list[str] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._make_next)
        self.docks = DockHost(parts.dress_window)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.docks)
        self.docks.lay_out(self._make_seats())
        self._restore()
        self._turn.start()

    @property
    def is_whole(self) -> bool:
        """Whether every panel has been made."""
        return not self._to_make

    def panel(self, feature_id: str) -> Panel | None:
        if feature_id in self._to_make:
            self._make_panel(feature_id)
        return self._panels.get(feature_id)

    def panels(self) -> list[Panel]:
        """Those made so far."""
        return list(self._panels.values())

    def reveal(self, feature_id: str, target: Target | None = None) -> bool:
        if not self.docks.reveal(feature_id):
            return False
        panel = self.panel(feature_id)
        if panel is not None:
            if target is not None:
                panel.go_to(target)
            panel.setFocus()
        return True

    def focus_first(self) -> None:
        """The keys act on a panel at once, not on the button that brought one here."""
        if not self._panels:
            self._make_next()
        if self._panels:
            next(iter(self._panels.values())).setFocus()

    def focused_feature(self, focus: QWidget | None) -> str | None:
        return self.docks.key_of(focus)

    def keep_layout(self) -> None:
        """Remember the layout under the monitors it was made for, and as the last one used."""
        layout = self.docks.save_layout()
        self._parts.memory.set(LAYOUTS, f"{self.workspace} on {screen_identity()}", layout)
        self._parts.memory.set(LAYOUTS, f"{self.workspace} last", layout)

    def keep_perspective(self, name: str) -> None:
        self._parts.memory.set(PERSPECTIVES, f"{self.workspace}/{name}", self.docks.save_layout())

    def use_perspective(self, name: str) -> None:
        if kept := self._parts.memory.get(PERSPECTIVES, f"{self.workspace}/{name}"):
            self.docks.restore_layout(kept)

    def forget_perspective(self, name: str) -> None:
        self._parts.memory.forget(PERSPECTIVES, f"{self.workspace}/{name}")

    def perspectives(self) -> list[str]:
        prefix = f"{self.workspace}/"
        return [k.removeprefix(prefix) for k in self._parts.memory.keys(PERSPECTIVES) if k.startswith(prefix)]

    def put_card(self, panel: Panel) -> None:
        """A panel failed while it ran: its place says so and offers to open it again."""
        for feature_id, known in self._panels.items():
            if known is panel:
                del self._panels[feature_id]
                self.docks.replace_content(feature_id, self._card(self._features[feature_id]))
                return

    def show_origins(self, liveness: Liveness, monotonic_s: float, *, is_past: bool) -> None:
        """Say in every title bar how old what it shows is, and grey what is no longer the present."""
        for feature_id, head in self._heads.items():
            feature = self._features[feature_id]
            origin = origin_of(feature.source, liveness, monotonic_s, is_past=is_past and feature.has_past)
            head.set_origin(origin.text, origin.tone)
            self._draw_veil(feature_id, origin.veil)

    def _draw_veil(self, feature_id: str, text: str) -> None:
        panel = self._panels.get(feature_id)
        veil = panel.findChild(Veil) if panel is not None else None
        if panel is not None and veil is None and text:
            veil = Veil(self._parts.theme, panel)
        if veil is not None and veil.text != text:
            veil.say(text)

    def end(self) -> None:
        self._turn.stop()
        for panel in self._panels.values():
            self._parts.pump.remove(panel)
            panel.end()
        self.docks.close_windows()

    # --- made once -------------------------------------------------------------------------

    def _restore(self) -> None:
        memory = self._parts.memory
        kept = memory.get(LAYOUTS, f"{self.workspace} on {screen_identity()}")
        kept = kept or memory.get(LAYOUTS, f"{self.workspace} last")
        if kept:
            self.docks.restore_layout(kept)

    def _make_seats(self) -> list[DockSeat]:
        placed = [
            (placement, feature) for feature in self._features.values() for placement in _seats(feature, self.workspace)
        ]
        placed.sort(key=lambda pair: (list(Area).index(pair[0].area), pair[0].order))
        return [self._make_seat(feature, placement) for placement, feature in placed]

    def _make_seat(self, feature: Feature, placement: Placement) -> DockSeat:
        head = PanelHead(feature.title, self)
        self._heads[feature.id] = head
        self._to_make.append(feature.id)
        return DockSeat(
            feature.id,
            feature.title,
            QWidget(),
            head,
            DockArea(placement.area.value),
            placement.share,
            placement.tabbed,
        )

    def _make_next(self) -> None:
        if self._to_make:
            self._make_panel(self._to_make[0])
        else:
            self._turn.stop()

    def _make_panel(self, feature_id: str) -> None:
        self._to_make.remove(feature_id)
        self.docks.replace_content(feature_id, self._make_widget(self._features[feature_id]))

    def _make_widget(self, feature: Feature) -> QWidget:
        context = self._parts.make_context(feature, self.workspace, self._heads[feature.id])
        try:
            panel = feature.create(context)
        except Exception:  # noqa: BLE001  (the named edge: one panel that cannot be made must not cost the workspace)
            _log.exception("The panel '%s' cannot be opened", feature.title)
            return self._card(feature)
        self._panels[feature.id] = panel
        panel.setAccessibleName(feature.title)
        panel.setAccessibleDescription(feature.summary)
        self._parts.pump.add(panel, feature.title, has_past=feature.has_past)
        self._parts.dress_panel(feature, panel)
        return panel

    def _card(self, feature: Feature) -> QWidget:
        return EmptyState(
            words.panel_failed(feature.title),
            words.PANEL_FAILED_WHY,
            words.PANEL_FAILED_NEXT,
            action=words.TRY_AGAIN,
            run=lambda: self._try_again(feature),
        )

    def _try_again(self, feature: Feature) -> None:
        self._heads[feature.id].clear()
        self.docks.replace_content(feature.id, self._make_widget(feature))


def _seats(feature: Feature, workspace: Workspace) -> list[Placement]:
    return [placement for placement in feature.placements if placement.workspace is workspace]
