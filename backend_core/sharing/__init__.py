"""Several consoles on one database: who leads, who is there."""
