"""The window around the panels: bars, workspaces, docks, modes, and what stands still when nothing else does."""
