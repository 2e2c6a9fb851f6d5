"""Help of call-backs in other languages, by the English that stands with them."""
