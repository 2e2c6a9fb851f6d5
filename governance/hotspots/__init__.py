"""Hotspots: repeatable runs over reports, topics followed from run to run.

`study` screens the reports (what was set aside is stated) and puts them on days and units, `methods` call geo.hotspot,
`runs` request, compute, store and repeat, `topics` follow what was found; `execution` puts these together.
"""
