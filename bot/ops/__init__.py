"""For operators: startup guards, the control socket and its actions, `giftcard check` and `giftcard demo`."""
