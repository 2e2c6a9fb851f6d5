"""What: cases, hotspots and all that is governed."""
