"""What the vendor sells: a deterministic set of items, and the ways to find one."""
