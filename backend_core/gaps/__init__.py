"""Where the record is known to be incomplete: from when to when, why, and for what."""
