"""What every vendor's HTTP client needs: one exchange at a time, exact numbers, lenient reading, patience."""
