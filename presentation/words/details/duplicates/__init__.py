"""Details about duplicates of cases, in other languages, by their English."""
