"""Help of connectors in other languages, by the English that stands with them."""
