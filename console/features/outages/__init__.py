"""Smart switches and outages: where there is power, and where there was none."""
