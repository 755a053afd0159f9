"""What the Octopus Cards contract says, asked of the stand-in over plain HTTP."""
