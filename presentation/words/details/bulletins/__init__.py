"""Details about bulletins, a language a file."""
