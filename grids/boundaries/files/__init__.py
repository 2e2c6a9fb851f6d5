"""Boundary files, which are hostile until read: staged under limits, parsed in a process of their own, mapped, written.

The order of a file's way in: `staging` (names, sizes, archives) › `reading` (a confined process runs `reader`, which
picks one of `geojson`, `kml`, `parquet`, `gdal`) › `fields` (which column means what). The way out: `writing`,
`delivery`.
"""
