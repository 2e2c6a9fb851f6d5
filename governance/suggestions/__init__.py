"""Suggestions: category, urgency and danger to life as the words of a report speak for them; nothing is set by them."""
