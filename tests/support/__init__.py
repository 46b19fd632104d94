"""What tests lean on: real servers on free ports, guards against leaks, processes ended by their id."""
