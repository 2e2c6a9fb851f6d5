"""Help of assessment, a language a file."""
