"""Where heavy sums go: a pool of killable jobs, and one engine that keeps its last solution."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from typing import Any, Protocol

Progress = Callable[[float, str], None]
"""Told the done share from 0 to 1 and a sentence on what is being done."""


class WorkerFailed(Exception):
    """A job ended without a result: it raised, ran out of time or its process died."""


class WorkerPool(Protocol):
    """Runs plain functions of frozen values in other processes."""

    async def run(self, target: str, *args: Any, timeout_s: float = 60.0, progress: Progress | None = None) -> Any:
        """Run `package.module:function` in a worker; cancelling the awaiting task kills the job."""
        ...

    async def stop(self) -> None:
        """End every worker."""
        ...


class Engine(Protocol):
    """One long-lived process that solves; for each purpose the newest question wins."""

    async def ask(self, purpose: str, target: str, *args: Any, timeout_s: float = 30.0) -> Any:
        """Ask; a newer question of the same purpose makes this one raise `Superseded`."""
        ...

    async def stop(self) -> None:
        """End the process."""
        ...


class Superseded(Exception):
    """A newer question of the same purpose has taken this one's place."""


def resolve(target: str) -> Callable[..., Any]:
    """The function behind `package.module:function`."""
    module, _, name = target.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


class InlinePool:
    """The stand-in for tests: runs the job at once, here."""

    async def run(self, target: str, *args: Any, timeout_s: float = 60.0, progress: Progress | None = None) -> Any:
        extra = {} if progress is None else {"progress": progress}
        return await asyncio.to_thread(resolve(target), *args, **extra)

    async def stop(self) -> None:
        return None
