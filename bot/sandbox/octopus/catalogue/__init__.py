"""What the vendor sells: a deterministic set of products, and the ways to find one."""
