"""What an operator can do on the diagram: save it, follow an element elsewhere, operate a simulated switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from backend_core.gateway.core import CoreGateway
from backend_core.grid.model import ElementId
from backend_core.kernel.positions import Position
from console.features.contract import PanelContext
from console.features.diagram import words
from ui.diagram import DiagramCanvas
from ui.diagram.export import save_scene

if TYPE_CHECKING:
    from console.features.diagram.panel import DiagramPanel

_NAME = "diagram.png"


def register(panel: DiagramPanel, context: PanelContext) -> None:
    """Put everything into the palette; the keys work while the diagram has the focus."""
    add, canvas = context.actions.add, panel.canvas
    add(panel, "diagram.fit", words.ACTION_FIT, canvas.fit, key="Home")
    add(panel, "diagram.full_size", words.ACTION_FULL_SIZE, lambda: canvas.zoom_to(1.0), key="0")
    add(panel, "diagram.list", words.ACTION_LIST, panel.toggle_list, key="L")
    add(panel, "diagram.save", words.ACTION_SAVE, lambda: save_picture(panel, context), key="Ctrl+S")
    add(panel, "diagram.trend", words.ACTION_TREND, panel.go_to_trend, key="T")
    add(panel, "diagram.alarms", words.ACTION_ALARMS, panel.go_to_alarms, key="A")
    head = context.head
    head.add_action(words.FIT, canvas.fit, help_text=words.FIT_HELP)
    head.add_action(words.FULL_SIZE, lambda: canvas.zoom_to(1.0), help_text=words.FULL_SIZE_HELP)
    head.add_action(words.ELEMENT_LIST, panel.toggle_list, help_text=words.LIST_HELP)
    head.add_action(words.SAVE, lambda: save_picture(panel, context), help_text=words.SAVE_HELP)


def save_picture(panel: DiagramPanel, context: PanelContext) -> QFileDialog:
    """Ask for a file, without standing in the way, and paint the visible part into it."""
    dialog = QFileDialog(panel, words.SAVE_TITLE, "", words.FILES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(_NAME)
    dialog.fileSelected.connect(lambda name: _save(panel.canvas, Path(name), context))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _save(canvas: DiagramCanvas, path: Path, context: PanelContext) -> None:
    scene = canvas.sheet_scene
    if scene is None:
        return
    path = path if path.suffix.lower() in (".png", ".svg", ".pdf") else path.with_suffix(".png")
    try:
        save_scene(scene, canvas.visible_part(), context.theme.color("bg1"), path)
    except OSError as error:
        context.notices.say(words.not_saved(path.name, str(error)), tone="high")
        return
    context.notices.say(words.saved(path.name))


def operate(
    context: PanelContext, switch_id: ElementId, *, close: bool, on_done: Callable[[str | None], object]
) -> None:
    """Order the simulator to move a switch; the diagram follows only the position that comes back."""
    target = Position.CLOSED if close else Position.OPEN

    def order(core: CoreGateway) -> Awaitable[str | None]:
        assert core.simulator is not None
        return core.simulator.operate(switch_id, target)

    context.operate.run(words.order_title(switch_id, close=close), order, keys=[switch_id], on_done=on_done)
