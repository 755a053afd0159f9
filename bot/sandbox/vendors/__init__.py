"""Shared by the vendors' stand-ins: serving, faults, clock, database, back office."""
