"""Conditions that need an operator: limits, the life of an alarm, who has seen it."""
