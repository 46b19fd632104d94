"""Files that ship and are read, never run; `importlib.resources` finds them however the program is installed."""
