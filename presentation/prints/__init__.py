"""Printed sheets and the monthly notice (HTML and PDF)."""
