"""Octopus Cards: its client, and the plugin that the registry lists."""
