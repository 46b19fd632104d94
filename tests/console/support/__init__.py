"""Stand-ins for the core as a screen sees it: a clock to turn, a link that answers, frames, a context for a panel."""
