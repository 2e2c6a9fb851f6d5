"""The audit, for those who check what was done."""
