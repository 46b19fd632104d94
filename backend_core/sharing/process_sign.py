"""Tells this process from every other of this computer, and whether a process that left its sign has died."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path


def my_sign() -> str:
    """Computer, process and the moment it began: no other process has ever had this sign."""
    return f"{_computer()} {os.getpid()} {_began(os.getpid())}"


def has_died(sign: str | None) -> bool:
    """Whether the process ran on this computer and is surely gone; false where that cannot be known."""
    computer, process, began = (sign or "").split(" ") if (sign or "").count(" ") == 2 else ("", "", "")
    if computer != _computer() or not process.isdigit() or sys.platform == "win32":
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _began(int(process)) != began


def _computer() -> str:
    """The host, and on Linux the space in which its process numbers count: containers have their own."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return f"{socket.gethostname()}/{space}".replace(" ", "_")[:120]


def _began(process: int) -> str:
    """When the process began, in the kernel's own count; a dead one that nobody has collected has not begun."""
    try:
        state, *facts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state == "Z" else facts[18]
