"""The one door: everything a console may ask or order, typed, and the frames it is shown."""
