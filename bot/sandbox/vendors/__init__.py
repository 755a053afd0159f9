"""What every vendor's stand-in is made of: serving, faults, clock, memory, the usual back office."""
