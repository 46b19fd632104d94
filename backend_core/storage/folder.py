"""A folder on a local disk as the spool sees it: few verbs, so that a test can stand in for a disk that fails."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Protocol

_PIECE = 1 << 20


class File(Protocol):
    """A file that is written from its beginning to its end."""

    def write(self, data: bytes) -> None:
        """Append all of it."""
        ...

    def sync(self) -> None:
        """Return when everything written stands on the disk."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Folder(Protocol):
    """Files by their names; every verb may raise `OSError`."""

    def sizes(self) -> dict[str, int]:
        """Every file's name with its size."""
        ...

    def create(self, name: str) -> File:
        """A new and empty file."""
        ...

    def read(self, name: str, start: int, size: int) -> bytes:
        """A piece of a file, shorter at its end."""
        ...

    def truncate(self, name: str, size: int) -> None:
        """Cut the file off."""
        ...

    def remove(self, name: str) -> None:
        """Delete the file; none there is no fault."""
        ...

    def rename(self, before: str, after: str) -> None:
        """Give the file another name."""
        ...

    def note(self, name: str, data: bytes) -> None:
        """Overwrite a few bytes in place; they may be lost with the power, not with the program."""
        ...

    def reserve(self, name: str, size: int) -> None:
        """Occupy so many bytes of the disk."""
        ...

    def sync(self) -> None:
        """Return when new and removed names stand on the disk."""
        ...

    def free_bytes(self) -> int:
        """How much the disk still takes."""
        ...


class LocalFile:
    """A file of the operating system."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def sync(self) -> None:
        # The size of a file is flushed, too; only its times are not.
        getattr(os, "fdatasync", os.fsync)(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


class LocalFolder:
    """A directory that only this user can open, held by one program at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            path.chmod(0o700)
        self._lock: int | None = None

    def hold(self) -> bool:
        """Take the folder for this program, until `let_go` or the program's end; false when another has it."""
        descriptor = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        if not _try_lock(descriptor):
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def let_go(self) -> None:
        """Leave it to others."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def sizes(self) -> dict[str, int]:
        return {path.name: path.stat().st_size for path in self._path.iterdir() if path.is_file()}

    def create(self, name: str) -> LocalFile:
        return LocalFile(self._path / name)

    def read(self, name: str, start: int, size: int) -> bytes:
        with (self._path / name).open("rb") as file:
            file.seek(start)
            return file.read(size)

    def truncate(self, name: str, size: int) -> None:
        os.truncate(self._path / name, size)

    def remove(self, name: str) -> None:
        (self._path / name).unlink(missing_ok=True)

    def rename(self, before: str, after: str) -> None:
        (self._path / before).replace(self._path / after)

    def note(self, name: str, data: bytes) -> None:
        descriptor = os.open(self._path / name, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(descriptor, data)
        finally:
            os.close(descriptor)

    def reserve(self, name: str, size: int) -> None:
        descriptor = os.open(self._path / name, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, 0, size)
            else:
                for start in range(0, size, _PIECE):
                    os.write(descriptor, bytes(min(_PIECE, size - start)))
        finally:
            os.close(descriptor)

    def sync(self) -> None:
        if os.name == "nt":
            return  # directories cannot be opened there; new names are journalled by the file system
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._path).free


def _try_lock(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
