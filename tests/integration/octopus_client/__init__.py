"""The Octopus Cards client against the stand-in, and against a server that misbehaves."""
