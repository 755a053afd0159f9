"""A stand-in for the Octopus Cards API, written from its contract alone."""
