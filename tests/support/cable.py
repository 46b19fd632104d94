"""A network of its own for a program, on a cable that can be cut: a namespace and a pair of virtual interfaces."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

WHY_NOT = (
    "NOT TESTED: cutting a real cable needs Linux, root and the program 'ip' (network namespaces). "
    "Run the tests as root to have it."
)
_NUMBERS = iter(range(1, 250))


def can_cut() -> bool:
    """Whether this computer lets us make networks."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"lk-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
    return made


class Cable:
    """Programs begun with `command` reach this computer at `host`, and nothing else."""

    def __init__(self) -> None:
        number = next(_NUMBERS)
        mark = f"{os.getpid() % 10_000}-{number}"
        self._space, self._near, self._far = f"lk-{mark}", f"lkn{mark}", f"lkf{mark}"
        net = f"10.{200 + os.getpid() % 50}.{number}"
        self.host, self._there = f"{net}.1", f"{net}.2"

    @property
    def command(self) -> list[str]:
        return ["ip", "netns", "exec", self._space]

    def lay(self) -> None:
        _ip("netns", "add", self._space)
        _ip("link", "add", self._near, "type", "veth", "peer", "name", self._far)
        _ip("link", "set", self._far, "netns", self._space)
        _ip("addr", "add", f"{self.host}/24", "dev", self._near)
        _ip("link", "set", self._near, "up")
        for arguments in (("addr", "add", f"{self._there}/24", "dev", self._far), ("link", "set", self._far, "up")):
            _ip("-n", self._space, *arguments)
        _ip("-n", self._space, "link", "set", "lo", "up")

    def cut(self) -> None:
        """As an axe does: nobody hears of it, nothing is refused."""
        _ip("link", "set", self._near, "down")

    def mend(self) -> None:
        _ip("link", "set", self._near, "up")

    def take_away(self) -> None:
        subprocess.run(["ip", "netns", "delete", self._space], capture_output=True, check=False)
        subprocess.run(["ip", "link", "delete", self._near], capture_output=True, check=False)


@contextmanager
def cable() -> Iterator[Cable]:
    """A cable that is taken away."""
    laid = Cable()
    try:
        laid.lay()
        yield laid
    finally:
        laid.take_away()


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
