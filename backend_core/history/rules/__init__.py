"""Decisions of the record: rhythm and rollups, which resolution answers a question, how long what is kept."""

from backend_core.history.rules.setting_apart import apart, as_payload, unstorable

__all__ = ["apart", "as_payload", "unstorable"]
