"""How long a batch waits for its commit, and when nobody should wait for one at all."""

from __future__ import annotations

from collections.abc import Sequence

PATIENCE_S = 2.0
"""How long a batch waits for its commit before this computer's disk takes it."""


def is_slow(commits_s: Sequence[float]) -> bool:
    """Whether the 95th percentile of these commits took longer than anybody should wait for one."""
    ascending = sorted(commits_s)
    return bool(ascending) and ascending[int(0.95 * (len(ascending) - 1))] > PATIENCE_S
