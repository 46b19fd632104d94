"""The tables of the outages domain."""
