"""Bulletins (通报): what came in, was handled and is overdue at a cut-off, frozen, released by a person, and told."""
