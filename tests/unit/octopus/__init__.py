"""How the Octopus Cards client reads and writes, without a network."""
