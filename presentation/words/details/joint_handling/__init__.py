"""Details about joint handling, in other languages, by their English."""
