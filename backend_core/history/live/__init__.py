"""What history knows of the present: the batches that still wait for the database."""
