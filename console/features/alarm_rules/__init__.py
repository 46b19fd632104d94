"""The alarm rules: limits for points and patterns, edited as a draft."""
