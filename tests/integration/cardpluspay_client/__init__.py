"""The CardPlusPay client against a server that misbehaves."""
