"""An operator's wish on its way: pending until the core has answered, and a failure told in words."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from backend_core.kernel.errors import CoreError
from console.bridge import words
from console.bridge.core_link import Asker, Question, T

ORDER_WITHIN_S = 10.0


class OperatorActions(QObject):
    """Nothing on the screen changes because of a click; rows show `pending` and change when the event comes back.

    Every order goes through here, so here is where orders are refused while the screen shows anything but the present.
    """

    changed = Signal()

    def __init__(
        self,
        link: Asker,
        tell: Callable[[str, str], None],
        parent: QObject | None = None,
        *,
        refusal: Callable[[], CoreError | None] = lambda: None,
    ) -> None:
        """`refusal` says why no order may be given now: what is on the screen is not live."""
        super().__init__(parent)
        self._link = link
        self._tell = tell
        self._refusal = refusal
        self._pending: Counter[Hashable] = Counter()

    def is_pending(self, key: Hashable) -> bool:
        return self._pending[key] > 0

    def run(
        self,
        title: str,
        order: Question[T],
        *,
        keys: Iterable[Hashable] = (),
        on_done: Callable[[T], object] | None = None,
        limit_s: float = ORDER_WITHIN_S,
    ) -> asyncio.Task[None] | None:
        """Send an order; `keys` are pending until its outcome, which `on_done` gets, is here. None: it was refused."""
        if (refused := self._refusal()) is not None:
            self._tell(words.order_failed(title, refused.what), refused.remedy)
            return None
        marked = tuple(keys)
        self._pending.update(marked)
        self.changed.emit()
        return self._link.start(self._carry(title, order, marked, on_done, limit_s), title)

    async def _carry(
        self,
        title: str,
        order: Question[Any],
        keys: tuple[Hashable, ...],
        on_done: Callable[[Any], object] | None,
        limit_s: float,
    ) -> None:
        try:
            outcome = await self._link.ask(order, limit_s=limit_s)
        except CoreError as error:
            self._tell(words.order_failed(title, error.what), error.remedy)
            return
        finally:
            self._pending.subtract(keys)
            self._pending += Counter()
            self.changed.emit()
        if on_done is not None:
            on_done(outcome)
