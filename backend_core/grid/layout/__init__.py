"""Diagrams worked out as plain geometry: no screen, no paper, the same picture each time."""
