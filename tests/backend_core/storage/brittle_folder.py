"""A folder in memory whose disk fails at the n-th call, fills up, or loses its power after any of them."""

from __future__ import annotations

import errno
from collections.abc import Callable


class BrittleFile:
    def __init__(self, folder: BrittleFolder, name: str) -> None:
        self._folder = folder
        self._name = name

    def write(self, data: bytes) -> None:
        self._folder.write(self._name, data)

    def sync(self) -> None:
        self._folder.flush(self._name)

    def close(self) -> None:
        """Nothing is held."""


class BrittleFolder:
    """What was written and not flushed is gone with the power; `photos` holds the disk after each call.

    `fails` says for the number of a call which error it raises, if any; `room` is how many bytes the disk takes.
    """

    def __init__(self, fails: Callable[[int], int | None] = lambda call: None, room: int = 1 << 40) -> None:
        self.files: dict[str, bytearray] = {}
        self.flushed: dict[str, bytes] = {}
        self.photos: list[dict[str, bytes]] = []
        self.calls = 0
        self.room = room
        self._fails = fails
        self._reserved: dict[str, int] = {}

    @classmethod
    def found(cls, files: dict[str, bytes]) -> BrittleFolder:
        """The disk as a program finds it after the power came back."""
        folder = cls()
        folder.files = {name: bytearray(data) for name, data in files.items()}
        folder.flushed = dict(files)
        return folder

    def sizes(self) -> dict[str, int]:
        held = {name: len(data) for name, data in self.files.items()}
        return held | self._reserved

    def create(self, name: str) -> BrittleFile:
        self._call()
        assert name not in self.files, "a file whose flush failed is never written again"
        self.files[name] = bytearray()
        return BrittleFile(self, name)

    def write(self, name: str, data: bytes) -> None:
        taken = data[: max(0, self.free_bytes())]
        self.files[name] += taken
        self._call()
        if len(taken) < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self, name: str) -> None:
        self._call()
        self.flushed[name] = bytes(self.files[name])
        self._photograph()

    def read(self, name: str, start: int, size: int) -> bytes:
        if name not in self.files:
            raise FileNotFoundError(errno.ENOENT, name)
        return bytes(self.files[name][start : start + size])

    def truncate(self, name: str, size: int) -> None:
        del self.files[name][size:]

    def remove(self, name: str) -> None:
        self._reserved.pop(name, None)
        self.files.pop(name, None)
        self.flushed.pop(name, None)

    def rename(self, before: str, after: str) -> None:
        self.files[after] = self.files.pop(before)

    def note(self, name: str, data: bytes) -> None:
        self.files[name] = bytearray(data)

    def reserve(self, name: str, size: int) -> None:
        if size > self.free_bytes():
            raise OSError(errno.ENOSPC, "No space left on device")
        self._reserved[name] = size

    def sync(self) -> None:
        self._call()
        for name in self.files:
            self.flushed.setdefault(name, b"")

    def free_bytes(self) -> int:
        return self.room - sum(map(len, self.files.values())) - sum(self._reserved.values())

    def _call(self) -> None:
        self.calls += 1
        self._photograph()
        if (number := self._fails(self.calls)) is not None:
            raise OSError(number, "the disk fails")

    def _photograph(self) -> None:
        """The disk if the power went now: what was flushed, and in the file being written any part of the rest."""
        self.photos.append(dict(self.flushed))
        for name, data in self.files.items():
            flushed = self.flushed.get(name)
            if flushed is not None and len(data) > len(flushed):
                for part in {len(flushed) + 1, (len(flushed) + len(data)) // 2, len(data) - 1, len(data)}:
                    self.photos.append(self.flushed | {name: bytes(data[:part])})
                    self.photos.append(self.flushed | {name: bytes(data[:part]) + bytes(len(data) - part)})
