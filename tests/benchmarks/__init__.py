"""How fast, and in how much memory: `make bench`. Ratios to a baseline of the same run, and no test."""
