"""Help of notifications in other languages, by the English that stands with them."""
