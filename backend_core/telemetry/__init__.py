"""What the meters say: sources, decoding, judgement, live state, quality and staleness."""
