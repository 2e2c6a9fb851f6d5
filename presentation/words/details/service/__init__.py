"""Details about tables and the service itself, in other languages, by their English."""
