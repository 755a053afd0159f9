"""What all vendors' HTTP clients share: transport, retries, rate limits, exact numbers, lenient parsing."""
