"""Details about reports, channels, triage and the gazetteer, in other languages, by their English."""
