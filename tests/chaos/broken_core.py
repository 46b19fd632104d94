"""Starts the product's core with one part replaced by a wrong one: the harness must see each of these.

`python -m tests.chaos.broken_core BUG core --config FILE`. The product itself has no switch for any of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from backend_core.history import rules
from backend_core.history.model import Writing
from backend_core.telemetry import mqtt_source
from backend_core.telemetry.model import RawMessage
from backend_core.telemetry.mqtt_reader import GulpingClient


class AutoAcknowledging(GulpingClient):
    """Acknowledges what has arrived, as MQTT libraries do by themselves."""

    def _hold(self, message: RawMessage, mid: int | None) -> None:
        super()._hold(message, None)
        if mid is not None:
            self._outstanding += 1
            self.acknowledge_now([mid])

    def acknowledge_now(self, mids: list[int]) -> None:
        GulpingClient.acknowledge(self, mids)


class TakingOverTooLate(AutoAcknowledging):
    """Takes acknowledging into its own hands only after the connection stands."""

    _is_by_hand = False

    async def __aenter__(self) -> Self:
        entered = await super().__aenter__()
        # What the workaround known from the library's own tracker does: one step after the welcome.
        self._loop.call_later(0.1, self._take_over)
        return entered

    def _take_over(self) -> None:
        self._is_by_hand = True

    def _hold(self, message: RawMessage, mid: int | None) -> None:
        hold = GulpingClient._hold if self._is_by_hand else AutoAcknowledging._hold
        hold(self, message, mid)


def _acknowledge_at_once() -> None:
    mqtt_source.GulpingClient = AutoAcknowledging  # type: ignore[misc]


def _acknowledge_by_hand_too_late() -> None:
    mqtt_source.GulpingClient = TakingOverTooLate  # type: ignore[misc]


def _drop_the_batch_of_a_poisoned_row() -> None:
    def all_or_nothing(writing: Writing, why: str) -> list[Writing]:
        return [replace(writing, readings=(), discoveries=())]

    rules.apart = all_or_nothing


BUGS: dict[str, Callable[[], None]] = {
    "auto-ack": _acknowledge_at_once,
    "ack-after-connect": _acknowledge_by_hand_too_late,
    "no-bisect": _drop_the_batch_of_a_poisoned_row,
}


if __name__ == "__main__":
    from console.command_line import main

    BUGS[sys.argv[1]]()
    sys.argv[1:] = sys.argv[2:]
    sys.exit(main())
