"""The pretend plant of the demo and of training: sensors, converters, renewables and switches on a solved network."""
