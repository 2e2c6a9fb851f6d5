"""Open311 GeoReport v2 at /open311/v2: XML and JSON, as clients in the wild speak it."""
