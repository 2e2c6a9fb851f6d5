"""How results are worded for people."""
