"""Which unit a case goes to: versioned rules in order, then who answers for its category and place."""
