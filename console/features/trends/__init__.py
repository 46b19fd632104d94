"""Trends: any points over any time, live and history as one curve."""
