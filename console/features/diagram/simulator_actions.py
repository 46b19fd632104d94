"""Starts and stops the simulated grid from the diagram's head, and says how it stands."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from backend_core.gateway.core import CoreGateway
from backend_core.virtual_grid.model import PlantStatus, RunState
from console.features.contract import Panel, PanelContext
from console.features.diagram import words


class SimulatorSwitch(QObject):
    """A word in the head that follows what the simulator says of itself; a click only sends the wish."""

    def __init__(self, panel: Panel, context: PanelContext) -> None:
        super().__init__(panel)
        self._context = context
        self._action = context.head.add_choice([words.START_SIMULATOR, words.STOP_SIMULATOR], self._order)
        context.actions.add(panel, "simulator.start", words.ACTION_START_SIMULATOR, self.start)
        context.actions.add(panel, "simulator.stop", words.ACTION_STOP_SIMULATOR, self.stop)
        self.show_status(None)

    def show_status(self, status: PlantStatus | None) -> None:
        """Only where this program runs the grid itself is there anything to start."""
        self._action.setVisible(status is not None)
        if status is None:
            return
        self._action.setText(words.SIMULATOR_STATES[status.state.value])
        self._action.setToolTip(words.simulator_tip(status))
        for entry in _entries(self._action):
            starts = entry.text() == words.START_SIMULATOR
            entry.setCheckable(False)
            entry.setEnabled(starts is (status.state is RunState.STOPPED))

    def start(self) -> None:
        self._run(words.ACTION_START_SIMULATOR, is_start=True)

    def stop(self) -> None:
        self._run(words.ACTION_STOP_SIMULATOR, is_start=False)

    def _order(self, wish: str) -> None:
        if wish == words.START_SIMULATOR:
            self.start()
        else:
            self.stop()

    def _run(self, title: str, *, is_start: bool) -> None:
        async def order(core: CoreGateway) -> bool:
            if core.simulator is None:
                return False
            await (core.simulator.start() if is_start else core.simulator.stop())
            return True

        def done(is_there: bool) -> None:
            if not is_there:
                self._context.notices.say(words.NO_SIMULATOR, tone="high")

        self._context.operate.run(title, order, keys=["simulator"], on_done=done)


def _entries(action: QAction) -> list[QAction]:
    menu = action.menu()
    return menu.actions() if isinstance(menu, QMenu) else []
