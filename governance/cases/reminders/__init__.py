"""Reminders before a deadline of a case and notices that it is over, each fired exactly once."""
