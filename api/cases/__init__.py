"""The API of cases: opened from reports, moved by the table of transitions, read with their clocks and history."""
