"""Details about meetings, a language a file."""
