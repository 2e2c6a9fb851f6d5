"""Samples for back-checking (倒查): closed cases of results, drawn by a rule that nobody can steer."""
