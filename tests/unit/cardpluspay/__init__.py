"""What we make of CardPlusPay's answers, one answer at a time."""
