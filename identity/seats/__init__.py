"""Duty seats (席位) in zones, rosters, absences and who stands in."""
