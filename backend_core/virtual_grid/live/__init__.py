"""The newest state of the pretend plant: the solved grid, and the devices in its field."""
