"""Builds everything and joins it; known only by the entry points and the tests."""
