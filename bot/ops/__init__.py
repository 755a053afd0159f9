"""What operators ask on the command line: orders, one order, the outcome of one, whether the books agree."""
