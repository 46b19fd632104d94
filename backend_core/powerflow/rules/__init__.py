"""The decisions of the power flow: islands, flows that follow from voltages, agreement, limits."""
