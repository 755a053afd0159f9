"""The vendor's public endpoints, one module per family."""
