"""The newest samples of one curve, in order of time, in arrays that never grow."""

import numpy as np
from numpy.typing import NDArray

from ui.plot.runs import Floats


class SampleRing:
    """Keeps at least `capacity` newest samples. A sample with a known time replaces; a late one finds its place."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._times = np.empty(2 * capacity)
        self._values = np.empty(2 * capacity)
        self._trust = np.empty(2 * capacity, dtype=np.uint8)
        self._size = 0
        self.revision = 0

    def __len__(self) -> int:
        return self._size

    @property
    def times(self) -> Floats:
        return self._times[: self._size]

    @property
    def values(self) -> Floats:
        return self._values[: self._size]

    @property
    def trust(self) -> NDArray[np.uint8]:
        return self._trust[: self._size]

    def append(self, time: float, value: float, trust: int = 0) -> None:
        self.revision += 1
        if self._size and time <= self._times[self._size - 1]:
            self._insert(time, value, trust)
            return
        if self._size == 2 * self._capacity:
            self._drop_oldest()
        self._put(self._size, time, value, trust)
        self._size += 1

    def clear(self) -> None:
        self._size = 0
        self.revision += 1

    def _insert(self, time: float, value: float, trust: int) -> None:
        at = int(np.searchsorted(self.times, time))
        if self._times[at] != time:
            if self._size == 2 * self._capacity:
                self._drop_oldest()
                at = max(0, at - self._capacity)
            for column in (self._times, self._values, self._trust):
                column[at + 1 : self._size + 1] = column[at : self._size].copy()
            self._size += 1
        self._put(at, time, value, trust)

    def _put(self, at: int, time: float, value: float, trust: int) -> None:
        self._times[at], self._values[at], self._trust[at] = time, value, trust

    def _drop_oldest(self) -> None:
        for column in (self._times, self._values, self._trust):
            column[: self._capacity] = column[self._capacity : 2 * self._capacity].copy()
        self._size = self._capacity
