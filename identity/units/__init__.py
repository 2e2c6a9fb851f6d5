"""Responsible units (责任单位): a dated tree, the codes of releases that stand for them, what they answer for."""
