"""The tables of the alarms domain."""
