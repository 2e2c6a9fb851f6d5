"""Details about drafts of boundaries, in other languages, by their English."""
