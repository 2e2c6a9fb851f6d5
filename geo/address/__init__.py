"""Chinese address text: reading it, finding it among named roads and places, and writing it for a point.

Pure: the vocabulary and the grammar are tables (``vocabulary``, ``grammar``), names are matched in memory (``names``),
places are found over arrays (``index``, ``locating``) and points put into words (``reverse``).
"""
