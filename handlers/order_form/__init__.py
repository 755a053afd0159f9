"""The order form: choose a card, see its price as it will be charged, ask for it."""
