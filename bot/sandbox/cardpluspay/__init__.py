"""A stand-in for the CardPlusPay API, written from its contract alone."""
