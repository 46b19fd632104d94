"""What would happen: studies over power flow, beside the live grid and never in it."""
