"""The vendor's catalogue: a deterministic set of products, and how to search it."""
