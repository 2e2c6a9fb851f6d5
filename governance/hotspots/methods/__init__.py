"""The methods of a run: one module each, called through `registry`; `governance.hotspots.catalogue` lists them.

A method takes the study, the result to write into, and its progress. Nothing is tested here: geo.hotspot tests.
"""
