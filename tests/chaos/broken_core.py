"""Starts the product's core with one part replaced by a wrong one: the harness must see each of these.

`python -m tests.chaos.broken_core BUG core --config FILE`. The product itself has no switch for any of it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Self

from backend_core.history import rules
from backend_core.history.model import Writing, Written
from backend_core.history.sql_store import SqlHistoryStore
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


class AcknowledgingOnAnyConnection(GulpingClient):
    """Acknowledges by packet id alone, on whichever connection stands now."""

    newest: ClassVar[Any] = None

    def prepare(self, *, by_hand: bool) -> None:
        super().prepare(by_hand=by_hand)
        if by_hand:
            AcknowledgingOnAnyConnection.newest = self

    def acknowledge(self, mids: list[int]) -> None:
        GulpingClient.acknowledge(AcknowledgingOnAnyConnection.newest, mids)


def _acknowledge_at_once() -> None:
    mqtt_source.GulpingClient = AutoAcknowledging  # type: ignore[misc]


def _acknowledge_by_hand_too_late() -> None:
    mqtt_source.GulpingClient = TakingOverTooLate  # type: ignore[misc]


def _commit_slowly() -> None:
    """No bug: the first writes after a connection take a second, so that acknowledgements have time to grow old."""
    write, prepare, slow_ones = SqlHistoryStore.write, GulpingClient.prepare, [0]

    async def slow(self: SqlHistoryStore, writing: Writing, *, as_leader: bool = True) -> Written:
        if slow_ones[0] > 0:
            slow_ones[0] -= 1
            await asyncio.sleep(1.0)
        return await write(self, writing, as_leader=as_leader)

    def connecting(self: GulpingClient, *, by_hand: bool) -> None:
        slow_ones[0] = 4
        prepare(self, by_hand=by_hand)

    SqlHistoryStore.write = slow  # type: ignore[method-assign]
    GulpingClient.prepare = connecting  # type: ignore[method-assign]


def _acknowledge_on_any_connection() -> None:
    _commit_slowly()
    mqtt_source.GulpingClient = AcknowledgingOnAnyConnection  # type: ignore[misc]


def _drop_the_batch_of_a_poisoned_row() -> None:
    def all_or_nothing(writing: Writing, why: str) -> list[Writing]:
        return [replace(writing, readings=(), discoveries=())]

    rules.apart = all_or_nothing


BUGS: dict[str, Callable[[], None]] = {
    "auto-ack": _acknowledge_at_once,
    "ack-after-connect": _acknowledge_by_hand_too_late,
    "stale-generation": _acknowledge_on_any_connection,
    "no-bisect": _drop_the_batch_of_a_poisoned_row,
}


HARMLESS: dict[str, Callable[[], None]] = {"slow": _commit_slowly}


if __name__ == "__main__":
    from console.command_line import main

    (BUGS | HARMLESS)[sys.argv[1]]()
    sys.argv[1:] = sys.argv[2:]
    sys.exit(main())
