"""The single-line diagram: the grid as it is switched now, with its values and its faceplates."""
