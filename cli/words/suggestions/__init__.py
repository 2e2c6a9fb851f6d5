"""Help of suggestions, a language a file."""
