"""Dated values of policy: bounds and spans by code; what decides over deadlines needs two persons."""
