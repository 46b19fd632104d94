"""What alarming keeps in memory: conditions of limits, and alarms with what is not saved of them yet."""
