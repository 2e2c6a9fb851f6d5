"""Generates the sample district: 上街区's outline and codes are real, every border inside it is made up.

`python -m data.boundaries.generate` rewrites the files of `data/boundaries` and `data/gazetteer` from the seed,
byte for byte. Geometry is worked out in metres around `frame.ORIGIN`, and leaves as longitude and latitude.
"""
