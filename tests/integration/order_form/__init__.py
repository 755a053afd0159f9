"""The order form over a real socket, against stand-ins for Slack and for the vendor."""
