"""Whether a run is the large one: `dev.py bench --large`, on a machine with time and some 20 GB of disk."""

from __future__ import annotations

import os

VARIABLE = "LINEKEEPER_BENCH_LARGE"


def is_large() -> bool:
    return bool(os.environ.get(VARIABLE))
