"""Databases the store can lie in. What differs between them is in their modules and nowhere else."""
