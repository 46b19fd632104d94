"""The decisions of reporting: how values are written, and what a day's facts add up to."""

from backend_core.reporting.rules.cells import Cell, Plain, plain, rfc3339

__all__ = ["Cell", "Plain", "plain", "rfc3339"]
