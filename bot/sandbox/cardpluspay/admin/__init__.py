"""The vendor's back office: what tests and operators of the stand-in see and change."""
