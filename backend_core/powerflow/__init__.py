"""The electrical solution of a network, by whichever engine."""
