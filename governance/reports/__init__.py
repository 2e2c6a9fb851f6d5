"""Reports: what channels sent, where each belongs, and reading them back."""
