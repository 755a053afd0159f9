"""What the CardPlusPay contract says, asked of the stand-in over plain HTTP."""
