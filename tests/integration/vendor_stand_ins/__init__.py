"""What the stand-ins of all vendors have alike."""
