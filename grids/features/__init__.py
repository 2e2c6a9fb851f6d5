"""Conditions on features: CQL2, boxes and property values as SQL with bound values."""
