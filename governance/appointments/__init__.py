"""Ending appointments: what is open in a person's hands, whatever feature keeps it, is handed over first."""
