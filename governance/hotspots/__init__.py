"""Hotspots: repeatable runs over reports, topics followed from run to run, and the notice made of them.

`inputs` reads honestly (what was set aside is said), `analysis` calls geo.hotspot and puts results into words,
`operations` queues, carries out and repeats runs, `topics` follows them.
"""
