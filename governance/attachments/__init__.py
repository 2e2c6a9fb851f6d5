"""Attachments: photos and recordings of reports, cases and tasks, kept as files and found by their hash."""
