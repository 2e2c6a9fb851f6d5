"""Pure computation on arrays and shapely geometries: no database, no HTTP, no clock."""
