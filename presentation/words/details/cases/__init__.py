"""Details about cases and rules of dispatch, in other languages, by their English."""
