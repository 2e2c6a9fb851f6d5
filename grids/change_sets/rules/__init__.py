"""Pure decisions of the boundary desk, by subject: states, numbering, verbs, facts, following."""
