"""Which time the panels live in: the present, or one moment of the record; their clock and their link follow it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from backend_core.gateway.core import CoreGateway
from console.bridge.core_link import ANSWER_WITHIN_S, Asker, Question, T
from console.bridge.screen_clock import ScreenClock


class ShownTime:
    """A clock for panels. In the past its seconds are the record's own, so that values age as they did then."""

    def __init__(self, clock: ScreenClock) -> None:
        self._clock = clock
        self.moment: datetime | None = None
        self.jumps = 0
        """How often the time shown has become another one; a moment that plays on is not counted."""

    @property
    def is_past(self) -> bool:
        return self.moment is not None

    def now(self) -> datetime:
        return self._clock.now() if self.moment is None else self.moment

    def monotonic(self) -> float:
        return self._clock.monotonic() if self.moment is None else self.moment.timestamp()

    def jump(self, moment: datetime | None) -> None:
        """Show this moment from now on, or the present."""
        self.moment = moment
        self.jumps += 1

    def play_on(self, moment: datetime) -> None:
        """The moment shown has moved on by itself."""
        self.moment = moment


class ShownLink:
    """Asks the core as it was at the moment shown; orders do not go this way."""

    def __init__(self, link: Asker, shown: ShownTime) -> None:
        self._link = link
        self._shown = shown

    async def ask(self, question: Question[T], *, limit_s: float = ANSWER_WITHIN_S) -> T:
        """The answer; when the time shown has become another meanwhile it is none any more, and is asked again."""
        while True:
            jumps, moment = self._shown.jumps, self._shown.moment
            answer = await self._link.ask(_at(moment, question), limit_s=limit_s)
            if jumps == self._shown.jumps:
                return answer

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        return self._link.start(work, name)


def _at(moment: datetime | None, question: Question[T]) -> Question[T]:
    if moment is None:
        return question

    def ask_then(core: CoreGateway) -> Any:
        return question(core.at(moment))

    return ask_then
