"""The API of seats, absences and who stands in."""
