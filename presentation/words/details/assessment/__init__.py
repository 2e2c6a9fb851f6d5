"""Details about assessment, a language a file."""
