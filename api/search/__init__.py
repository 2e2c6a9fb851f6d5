"""One search over what a person works with."""
