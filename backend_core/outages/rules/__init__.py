"""Decisions about smart switches and outages, as pure functions."""
