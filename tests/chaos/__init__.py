"""The chaos harness: a ledger of what the broker took, a seeded schedule of faults, and a verdict on the record."""
