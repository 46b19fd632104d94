"""One typed bus on the core thread: facts are published once and heard in the listed order."""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, TypeVar

_log = logging.getLogger(__name__)
E_ = TypeVar("E_")


class EventBus:
    """Delivers each event to its listeners before `publish` returns; a nested publish waits its turn."""

    def __init__(self) -> None:
        self._listeners: defaultdict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)
        self._waiting: deque[object] = deque()
        self._delivering = False
        self.failures = 0

    def on(self, kind: type[E_], listener: Callable[[E_], None]) -> None:
        """Hear every event of exactly this class, after those subscribed before."""
        self._listeners[kind].append(listener)

    def publish(self, event: object) -> None:
        """Tell every listener; one that raises is logged and counted, the others still hear."""
        self._waiting.append(event)
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._waiting:
                self._deliver(self._waiting.popleft())
        finally:
            self._delivering = False

    def _deliver(self, event: object) -> None:
        for listener in self._listeners[type(event)]:
            try:
                listener(event)
            except Exception:  # noqa: BLE001  (the named edge: one deaf listener must not silence the others)
                self.failures += 1
                _log.exception("A listener failed on %s", type(event).__name__)
