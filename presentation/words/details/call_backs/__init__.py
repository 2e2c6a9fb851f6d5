"""Details about call-backs in other languages, by their English."""
