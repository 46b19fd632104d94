"""Builds everything; known only by the entry points and tests."""
