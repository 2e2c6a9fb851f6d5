"""Help of `boundaries` and `layers`, by language."""
