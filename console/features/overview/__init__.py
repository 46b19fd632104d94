"""What needs attention now: the grid in seven figures, and below them what is not as it should be."""
