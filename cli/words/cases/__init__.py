"""Help of cases and rules of dispatch in other languages, by the English that stands with them."""
