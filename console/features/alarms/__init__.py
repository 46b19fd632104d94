"""The alarms: what needs somebody now, who has seen it, and the rules behind it."""
