"""Details about notifications in other languages, by their English."""
