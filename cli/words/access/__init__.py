"""Help of keys, channels, grants, accounts, people, units and the audit, by language."""
