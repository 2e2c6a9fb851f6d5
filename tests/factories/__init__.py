"""Rows that tests need and do not speak of: each is stored in the product's own way, with everything else plain."""
