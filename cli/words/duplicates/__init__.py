"""Help of duplicates of cases, by the English that stands with it."""
