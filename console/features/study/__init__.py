"""What would happen if: switches moved, branches tripped and loads scaled, beside the live grid and never in it."""
