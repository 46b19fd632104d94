"""The only place where time is read: wall clock in UTC, monotonic seconds, and waiting."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """What a domain may know of time."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime."""
        ...

    def now_us(self) -> int:
        """The present as microseconds since 1970 in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that never steps back; comparable between threads of this process."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait, on this clock."""
        ...


class SystemClock:
    """The computer's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def now_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FakeClock:
    """A clock that stands still until a test advances it, waking those who sleep on it in order."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def now_us(self) -> int:
        return to_us(self._now)

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, waiting))
        await waiting

    def advance(self, *, seconds: float = 0.0, minutes: float = 0.0) -> None:
        """Move both clocks forward and wake every sleeper whose time has come."""
        step = seconds + 60.0 * minutes
        self._now += timedelta(seconds=step)
        self._monotonic += step
        due = sorted((s for s in self._sleepers if s[0] <= self._monotonic), key=lambda s: s[0])
        self._sleepers = [s for s in self._sleepers if s[0] > self._monotonic]
        for _, waiting in due:
            if not waiting.done():
                waiting.set_result(None)

    def step_wall(self, *, seconds: float) -> None:
        """Step the wall clock alone, as an NTP correction does."""
        self._now += timedelta(seconds=seconds)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment - EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The aware UTC datetime of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)
