"""Converters and renewables: what they give, how hard they work and how warm they are."""
