"""CardPlusPay: its client, and the plugin that the registry lists."""
