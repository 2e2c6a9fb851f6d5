"""Open311 GeoReport v2: services, requests and updates as clients of that standard know them; a way in and out."""
