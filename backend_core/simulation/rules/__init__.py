"""The decisions of a study: how live becomes a start, a start and changes a case, a solution a verdict."""
