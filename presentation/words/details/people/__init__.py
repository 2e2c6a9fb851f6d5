"""Details about people, units, seats, keys and accounts, in other languages, by their English."""
