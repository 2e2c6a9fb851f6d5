"""Details about attachments, in other languages, by their English."""
