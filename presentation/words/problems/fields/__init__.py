"""What is wrong with a field of a body or query, a language a file: a part of the catalogue of problems."""
