"""What was: readings in and out, their completeness, and the quarantine."""
