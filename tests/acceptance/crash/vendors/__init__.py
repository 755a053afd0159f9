"""What is particular to each vendor of the crash matrix: its cases, and its stand-in's back office."""
