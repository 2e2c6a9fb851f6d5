"""Details about marks on callers, in other languages, by their English."""
