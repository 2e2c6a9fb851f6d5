"""Hotspot statistics: arrays in, arrays out, seeded, no database and no clock.

Where to find what (import from the subpackage):

- :mod:`geo.hotspot.density`: ``dbscan``, ``hdbscan``, ``st_dbscan``, ``outline``, ``cluster_stability``
- :mod:`geo.hotspot.local`: ``Neighbours``, ``getis_ord``, ``local_moran``, ``rate``, ``standardised_rate``
- :mod:`geo.hotspot.significance`: ``false_discovery_rate``, ``monte_carlo_p``, ``gumbel_p``,
  ``recurrence_interval_days``
- :mod:`geo.hotspot.progress`: the ``progress`` callback and ``Cancelled``

Every function of more than a second takes ``progress``, a callable that is given the finished fraction and cancels by
returning ``False`` or raising. Equal input and seed give equal output, whatever the number of threads.
"""
