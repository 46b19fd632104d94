"""Words every domain shares; imports nothing of ours."""
