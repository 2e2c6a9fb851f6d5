"""Words of the table of a person's own data (`zh`, `en`)."""
