"""What is true about the grid and what may be done to it, without a screen."""
