"""Patrol effort: taken in from tables, read by a run as amounts by channel, area and day."""
