"""The vendor's catalogue: a deterministic set of items, and how to search it."""
