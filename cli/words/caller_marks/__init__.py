"""Help of marks on callers, by the English that stands with it."""
