"""Details about values of policy in other languages, by their English."""
