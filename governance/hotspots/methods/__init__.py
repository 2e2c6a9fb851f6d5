"""The methods of a run: one module each, called through `registry`; what each asks and answers is said in `catalogue`.

A method takes the study, the result to write into, and its progress. Nothing is tested here: geo.hotspot tests.
"""
