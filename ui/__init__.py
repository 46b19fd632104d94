"""The grid-blind widget kit: it would serve unchanged in another desktop program."""
