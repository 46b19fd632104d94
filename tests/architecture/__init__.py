"""The house rules that a machine can check; layout.toml holds the lists they go by."""
