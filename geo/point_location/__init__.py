"""Which area covers a point: an exact index over the polygons of one level, with distances, shares and nearest.

`PointLocationIndex` (in `index`) is the public face; `storage` keeps one beside its release. `layout` names the
sections of the index's single buffer, `build` fills it and `kernels` answers from it. Importing this package is
cheap; importing `index` loads numba.
"""
