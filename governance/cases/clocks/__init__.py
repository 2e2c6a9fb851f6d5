"""Clocks of cases: working time, and the one function that measures due times and pauses. Pure."""
