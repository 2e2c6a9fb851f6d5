"""Help of bulletins, a language a file."""
