"""The conformance classes claimed; each has tests in tests/api/ogc (docs/guides/ogc.md lists them)."""

from __future__ import annotations

_SPEC = "http://www.opengis.net/spec"

CLASSES = (
    *(f"{_SPEC}/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "oas30")),
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs",
    *(
        f"{_SPEC}/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_SPEC}/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "property-property",
            "arithmetic",
        )
    ),
    # Part 4 is a draft still: its first texts name these classes under Features, its later ones under Common.
    *(
        f"{_SPEC}/{standard}/1.0/conf/{name}"
        for standard in ("ogcapi-features-4", "ogcapi-common-5")
        for name in ("create-replace-delete", "update", "optimistic-locking-etags")
    ),
    f"{_SPEC}/ogcapi-features-4/1.0/conf/features",
    *(
        f"{_SPEC}/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
)
