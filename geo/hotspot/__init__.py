"""Hotspot statistics: arrays in, arrays out, seeded, no database and no clock.

Where to find what (import from the subpackage; ``...`` stands for keyword-only options with defaults):

Density clusters, :mod:`geo.hotspot.density`
    - ``dbscan(points_m, weights, eps_m, min_weight, ...) -> DensityClusters``
    - ``st_dbscan(points_m, times_s, weights, eps_m, eps_s, min_weight, ...) -> DensityClusters``
    - ``hdbscan(points_m, weights, min_cluster_weight, min_weight, ...) -> DensityClusters``
    - ``outline(points_m, ...) -> Polygon``, ``cluster_stability(points_m, weights, clusters, recluster, ...)``
Local association, :mod:`geo.hotspot.local`
    - ``Neighbours.touching | within | nearest | from_pairs | from_lists | from_sparse | from_w``
    - ``getis_ord(values, neighbours, permutations, seed, ...) -> LocalAssociation`` (z, p, q, flags)
    - ``local_moran(values, neighbours, permutations, seed, ...) -> LocalAssociation``
    - ``hexagons_over(extent_m, edge_m) -> Hexagons`` (shapes, position of points)
    - ``rate(counts, exposure)``, ``standardised_rate(counts, exposure)``
Scan statistics, :mod:`geo.hotspot.scan`
    - zones: ``circular_zones(points, ...)``, ``neighbour_zones(neighbours, points_m, ...)``
    - ``ScanOptions(windows=TimeWindows(...), max_share, min_cases, rates, secondary, replicates, seed, sequential)``
    - ``poisson_scan(cases, expected, zones, options)``, ``bernoulli_scan(cases, controls, zones, options)``,
      ``permutation_scan(locations, intervals, zones, interval_count, options, strata=...)``,
      ``expectation_scan(cases, expected, zones, options)``, each ``-> ScanResult`` (clusters, replicates)
    - from dated cases and censuses: ``TimeAxis(first, last, unit, length)``, ``expected_from_population(...)``,
      ``population_days(years)``, ``weekday_strata(intervals, first_weekday)``
Emerging hot spots, :mod:`geo.hotspot.emerging`
    - ``space_time_cube(areas, times_s, area_count, ...)``, ``mann_kendall(series)``, ``classify(flags, trend)``
    - ``emerging_hot_spots(cube, neighbours, ...) -> EmergingHotSpots`` (categories)
Same-period warning, :mod:`geo.hotspot.early_warning`
    - ``same_period_warning(daily, ...) -> SamePeriodWarning`` (expected, p, q, alarm)
    - ``noufaily(counts, weeks, monitored, ...) -> WeeklyWarning``
Honest input, :mod:`geo.hotspot.screening`
    - ``find_pile_ups(points_m, weights, ...) -> PileUps``
    - ``merge_incidents(reporters, categories, points_m, times_s, ...) -> Incidents``
    - ``effort_expectation(cases_by_source, effort_by_source)``
Judging, :mod:`geo.hotspot.significance`
    - ``false_discovery_rate(p)``, ``monte_carlo_p``, ``gumbel_p``, ``recurrence_interval_days``

Every function of more than a second takes ``progress``, a callable that is given the finished fraction and cancels by
returning ``False`` (then :class:`geo.hotspot.progress.Cancelled` is raised) or by raising. Equal input and seed give
equal output, whatever the number of threads. Bad input raises :class:`geo.hotspot.arrays.HotspotInputError`, a
``ValueError``.
"""
