"""Details about connectors in other languages, by their English."""
